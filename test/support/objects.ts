import { ListMultipartUploadsCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { inject } from 'vitest';

const storage = (): { s3: S3Client; bucket: string } => {
  const { storageUrl, bucket, credentials } = inject('stack');
  return {
    s3: new S3Client({ endpoint: storageUrl, region: 'us-east-1', forcePathStyle: true, credentials }),
    bucket,
  };
};

/** The keys of a video's multipart uploads that are neither completed nor aborted. */
export const multipartUploadsOf = async (videoId: string): Promise<string[]> => {
  const { s3, bucket } = storage();
  const { Uploads: uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  return uploads.flatMap(({ Key }) => Key ?? []).filter((key) => key.includes(`/videos/${videoId}/`));
};

/** The keys of every object of a video in the stack that all end-to-end tests share, of any owner. */
export const objectsOf = (videoId: string): Promise<string[]> => {
  const { s3, bucket } = storage();
  return keysOf(s3, bucket, videoId);
};

/** The keys of every object of a video, of any owner. */
export const keysOf = async (s3: S3Client, bucket: string, videoId: string): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: s3 },
    { Bucket: bucket, Prefix: 'users/' },
  )) {
    keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
  }
  return keys.filter((key) => key.includes(`/videos/${videoId}/`));
};

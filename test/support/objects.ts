import { ListMultipartUploadsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { inject } from 'vitest';

const storage = (): { s3: S3Client; bucket: string } => {
  const { storageUrl, bucket, credentials } = inject('stack');
  return {
    s3: new S3Client({ endpoint: storageUrl, region: 'us-east-1', forcePathStyle: true, credentials }),
    bucket,
  };
};

/** The keys of a video's multipart uploads that were begun and neither completed nor aborted. */
export const multipartUploadsOf = async (videoId: string): Promise<string[]> => {
  const { s3, bucket } = storage();
  const { Uploads: uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  return uploads.flatMap(({ Key }) => Key ?? []).filter((key) => key.includes(`/videos/${videoId}/`));
};

/** The keys of every object of a video, whoever owns it. */
export const objectsOf = async (videoId: string): Promise<string[]> => {
  const { s3, bucket } = storage();
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: 'users/',
        ...(token && { ContinuationToken: token }),
      }),
    );
    keys.push(...(page.Contents ?? []).map((object) => object.Key ?? ''));
    token = page.NextContinuationToken;
  } while (token);
  return keys.filter((key) => key.includes(`/videos/${videoId}/`));
};

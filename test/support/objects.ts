import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { inject } from 'vitest';

/** The keys of every object of a video, whoever owns it. */
export const objectsOf = async (videoId: string): Promise<string[]> => {
  const { storageUrl, bucket, credentials } = inject('stack');
  const s3 = new S3Client({ endpoint: storageUrl, region: 'us-east-1', forcePathStyle: true, credentials });
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

import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import type { BucketModel } from '../template/model.ts';

/** Creates the missing buckets. Creating an existing bucket changes nothing. */
export const provisionBuckets = async (s3: S3Client, buckets: readonly BucketModel[]): Promise<void> => {
  for (const { name } of buckets) await s3.send(new CreateBucketCommand({ Bucket: name }));
};

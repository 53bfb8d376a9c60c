import { NoSuchBucket, S3ServiceException } from '@aws-sdk/client-s3';

/** Whether S3 reported that the object does not exist. (Without the permission to list, S3 returns 403 instead.) */
export const isMissingObject = (error: unknown): boolean =>
  error instanceof S3ServiceException &&
  error.$metadata.httpStatusCode === 404 &&
  !(error instanceof NoSuchBucket);

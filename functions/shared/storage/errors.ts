import { NoSuchBucket, S3ServiceException } from '@aws-sdk/client-s3';

/** Whether S3 said that there is no such object. (Without the right to list, it says 403 instead.) */
export const isMissingObject = (error: unknown): boolean =>
  error instanceof S3ServiceException &&
  error.$metadata.httpStatusCode === 404 &&
  !(error instanceof NoSuchBucket);

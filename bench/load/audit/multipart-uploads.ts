import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import type { System } from '../system.ts';

export interface MultipartUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly initiated: string;
}

/** Lists the multipart uploads in progress. The local S3 returns them on one page. */
export const listMultipartUploads = async ({ s3, stack }: System): Promise<MultipartUpload[]> => {
  const { Uploads: uploads = [] } = await s3.send(
    new ListMultipartUploadsCommand({ Bucket: stack.bucketName('Storage') }),
  );
  return uploads.map(({ Key = '', UploadId = '', Initiated }) => ({
    key: Key,
    uploadId: UploadId,
    initiated: Initiated?.toISOString() ?? 'unknown',
  }));
};

import { S3Client } from '@aws-sdk/client-s3';
import type { StorageEnv } from '../config/schemas.ts';

/**
 * The client for the video bucket. Checksums only where S3 requires them: a presigned form or URL must not demand
 * a checksum from whoever uses it.
 */
export const createS3Client = (env: StorageEnv): S3Client =>
  new S3Client({
    forcePathStyle: env.S3_FORCE_PATH_STYLE,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });

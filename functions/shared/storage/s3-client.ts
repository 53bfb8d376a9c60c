import { S3Client } from '@aws-sdk/client-s3';
import type { CallLimits } from '../aws/call-limits.ts';
import { clientConfig } from '../aws/request-handler.ts';
import type { StorageEnv } from '../config/schemas.ts';

/**
 * The client for the video bucket. It computes checksums only where S3 requires them, because a presigned form or URL
 * must not demand a checksum from the browser that uses it.
 */
export const createS3Client = (env: StorageEnv, limits: CallLimits): S3Client =>
  new S3Client({
    ...clientConfig(limits),
    forcePathStyle: env.S3_FORCE_PATH_STYLE,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });

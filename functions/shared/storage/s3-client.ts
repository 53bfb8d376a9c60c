import { S3Client } from '@aws-sdk/client-s3';
import type { CallLimits } from '../aws/call-limits.ts';
import { clientConfig } from '../aws/request-handler.ts';
import type { StorageEnv } from '../config/schemas.ts';

/**
 * Creates the client for the video bucket. It computes checksums only if S3 requires them, because a presigned form or
 * URL must not require a checksum from the browser.
 */
export const createS3Client = (env: StorageEnv, limits: CallLimits): S3Client =>
  create(env, limits, undefined);

/**
 * Creates the client that signs forms and URLs for users. It makes no calls. If users reach S3 by another address than
 * the functions (stage local), it signs for the users' address, because the signature covers the host.
 */
export const createS3Signer = (env: StorageEnv, limits: CallLimits): S3Client =>
  create(env, limits, env.S3_PUBLIC_ENDPOINT);

const create = (env: StorageEnv, limits: CallLimits, endpoint: string | undefined): S3Client =>
  new S3Client({
    ...clientConfig(limits),
    ...(endpoint !== undefined && { endpoint }),
    forcePathStyle: env.S3_FORCE_PATH_STYLE,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });

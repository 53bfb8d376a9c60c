import { S3Client } from '@aws-sdk/client-s3';
import type { CallLimits } from '../aws/call-limits.ts';
import { clientConfig } from '../aws/request-handler.ts';
import type { StorageEnv } from '../config/schemas.ts';

/**
 * The client for the video bucket. It computes checksums only where S3 requires them, because a presigned form or URL
 * must not demand a checksum from the browser that uses it.
 */
export const createS3Client = (env: StorageEnv, limits: CallLimits): S3Client =>
  create(env, limits, undefined);

/**
 * The client that signs forms and URLs for users, which makes no call. Where users reach S3 by another address than the
 * functions do (stage local), it signs for theirs: the signature covers the host.
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

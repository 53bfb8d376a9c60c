import type { PackageLoaders } from './packages-check.ts';

/** All packages that runtime code imports. The extractor's child process loads its own package, node-av. */
export const RUNTIME_PACKAGES: PackageLoaders = {
  '@aws-lambda-powertools/batch': () => import('@aws-lambda-powertools/batch'),
  '@aws-lambda-powertools/logger': () => import('@aws-lambda-powertools/logger'),
  '@aws-sdk/client-dynamodb': () => import('@aws-sdk/client-dynamodb'),
  '@aws-sdk/client-s3': () => import('@aws-sdk/client-s3'),
  '@aws-sdk/client-sqs': () => import('@aws-sdk/client-sqs'),
  '@aws-sdk/credential-provider-node': () => import('@aws-sdk/credential-provider-node'),
  '@aws-sdk/s3-presigned-post': () => import('@aws-sdk/s3-presigned-post'),
  '@aws-sdk/s3-request-presigner': () => import('@aws-sdk/s3-request-presigner'),
  '@middy/core': () => import('@middy/core'),
  '@middy/http-cors': () => import('@middy/http-cors'),
  '@middy/http-router': () => import('@middy/http-router'),
  '@middy/http-security-headers': () => import('@middy/http-security-headers'),
  // Only the used parts. The whole package would add 19 KB to this bundle.
  '@smithy/core': () => import('../../shared/aws/presigned-token.ts'),
  '@smithy/node-http-handler': () => import('@smithy/node-http-handler'),
  '@smithy/signature-v4': () => import('@smithy/signature-v4'),
  archiver: () => import('archiver'),
  'content-disposition': () => import('content-disposition'),
  ioredis: () => import('ioredis'),
  jose: () => import('jose'),
  'node-pg-migrate': () => import('node-pg-migrate'),
  pg: () => import('pg'),
  uuid: () => import('uuid'),
  zod: () => import('zod'),
};

import { fileURLToPath } from 'node:url';
import { S3Client } from '@aws-sdk/client-s3';
import middy from '@middy/core';
import * as z from 'zod';
import { ENV_SITE_BUCKET } from '../contracts/env.ts';
import { S3_CALLS } from '../shared/aws/call-limits.ts';
import { clientConfig } from '../shared/aws/request-handler.ts';
import { lazyEnv } from '../shared/config/env.ts';
import { logger } from '../shared/logging/logger.ts';
import { removeBelow } from '../shared/storage/remove-below.ts';
import { publishSite } from './publish-site.ts';
import { readSite } from './read-site.ts';

const env = lazyEnv(z.object({ [ENV_SITE_BUCKET]: z.string() }));

/** An event of CloudFormation, as CDK's provider hands it on. */
const ResourceEvent = z.object({ RequestType: z.enum(['Create', 'Update', 'Delete']) });

/** Fills the bucket in a deployment, and empties it before it is deleted: CloudFormation deletes no bucket with objects. */
export const handler = middy().handler(async (event: unknown) => {
  const { RequestType: request } = ResourceEvent.parse(event);
  const bucket = env().SITE_BUCKET;
  const s3 = new S3Client(clientConfig(S3_CALLS));
  if (request === 'Delete') await removeBelow(s3, { bucket, prefix: '' });
  else await publishSite(s3, bucket, await readSite(fileURLToPath(new URL('site', import.meta.url))));
  logger.info('Site', { request, bucket });
  return { PhysicalResourceId: bucket };
});

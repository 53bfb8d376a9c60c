import * as z from 'zod';
import { ACCESS_CHECKS } from '../../functions/contracts/access.ts';
import { LambdaLimits } from './lambda-limits.ts';
import { Timing } from './timing.ts';

/**
 * Stage local: the services that LocalStack's free image does not offer, as the functions reach them. The defaults
 * are the services of docker-compose.local.yml; a user who runs the template elsewhere passes others.
 */
export const LocalServices = z.strictObject({
  databaseHost: z.string().min(1).default('postgres'),
  databasePort: z.int().min(1).max(65_535).default(5432),
  databaseAdminUser: z.string().min(1).default('postgres'),
  databaseAdminPassword: z.string().min(1).default('postgres'),
  redisUrl: z.url({ protocol: /^rediss?$/ }).default('redis://valkey:6379'),
  /** Path of an FFmpeg that functions and containers can run. Without it every video goes to the worker's image. */
  ffmpegPath: z.string().min(1).optional(),
  /** Directory of packages with libav for this machine; without it, where the worker's image has it. */
  libavPath: z.string().min(1).optional(),
  /**
   * Who checks access tokens. LocalStack's free image runs no authorizer, so the functions do by default; `gateway` where
   * the template is run by something that asks its authorizer, as API Gateway does.
   */
  accessCheck: z.enum(ACCESS_CHECKS).default('function'),
  /** Where users reach S3: presigned forms and URLs carry this address, which functions in containers do not have. */
  publicStorageUrl: z.url({ protocol: /^https?$/ }).default('http://localhost:4566'),
  allowedOrigins: z.array(z.string()).min(1).optional(),
  /** Replaces single values of the stage's timing. */
  timing: z.partialRecord(z.enum(Object.keys(Timing.shape)), z.int().positive()).optional(),
  /** Replaces single limits of what the Lambda is tried with. */
  lambdaLimits: LambdaLimits.partial().optional(),
});
export type LocalServices = z.infer<typeof LocalServices>;

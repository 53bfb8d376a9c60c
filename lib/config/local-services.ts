import * as z from 'zod';
import { ACCESS_CHECKS } from '../../functions/contracts/access.ts';
import { LambdaLimits } from './lambda-limits.ts';
import { Timing } from './timing.ts';

/**
 * Stage local: the addresses of the services that LocalStack's free image does not offer. The defaults are the services
 * of docker-compose.local.yml. To run the template elsewhere, pass other values.
 */
export const LocalServices = z.strictObject({
  databaseHost: z.string().min(1).default('postgres'),
  databasePort: z.int().min(1).max(65_535).default(5432),
  databaseAdminUser: z.string().min(1).default('postgres'),
  databaseAdminPassword: z.string().min(1).default('postgres'),
  redisUrl: z.url({ protocol: /^rediss?$/ }).default('redis://valkey:6379'),
  /** Path of an FFmpeg that functions and containers can run. Without it, every video goes to the worker's image. */
  ffmpegPath: z.string().min(1).optional(),
  /** Directory of the packages with libav for this machine. @default its path in the worker's image */
  libavPath: z.string().min(1).optional(),
  /**
   * Who checks access tokens. LocalStack's free image runs no authorizer, so by default the functions check them. Use
   * `gateway` if the template runs on an emulator that calls its authorizer, like API Gateway.
   */
  accessCheck: z.enum(ACCESS_CHECKS).default('function'),
  /** The users' address of S3, for presigned forms and URLs. Functions in containers use another address. */
  publicStorageUrl: z.url({ protocol: /^https?$/ }).default('http://localhost:4566'),
  allowedOrigins: z.array(z.string()).min(1).optional(),
  /** Replaces single values of the stage's timing. */
  timing: z.partialRecord(z.enum(Object.keys(Timing.shape)), z.int().positive()).optional(),
  /** Replaces single limits for the first attempt on Lambda. */
  lambdaLimits: LambdaLimits.partial().optional(),
});
export type LocalServices = z.infer<typeof LocalServices>;

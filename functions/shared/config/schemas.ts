import * as z from 'zod';
import {
  ENV_DATABASE_AUTH,
  ENV_DATABASE_HOST,
  ENV_DATABASE_NAME,
  ENV_DATABASE_PASSWORD,
  ENV_DATABASE_PORT,
  ENV_DATABASE_USER,
  ENV_REDIS_AUTH,
  ENV_REDIS_REPLICATION_GROUP,
  ENV_REDIS_URL,
  ENV_REDIS_USER,
  ENV_S3_FORCE_PATH_STYLE,
  ENV_S3_PUBLIC_ENDPOINT,
  ENV_VIDEO_BUCKET,
} from '../../contracts/env.ts';

const Flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const Port = z.coerce.number().int().min(1).max(65_535);

/** Address and login of PostgreSQL. */
export const DatabaseEnv = z
  .object({
    [ENV_DATABASE_HOST]: z.string().min(1),
    [ENV_DATABASE_PORT]: Port,
    [ENV_DATABASE_NAME]: z.string().min(1),
    [ENV_DATABASE_USER]: z.string().min(1),
    [ENV_DATABASE_AUTH]: z.enum(['iam', 'password']),
    [ENV_DATABASE_PASSWORD]: z.string().min(1).optional(),
  })
  .refine((env) => env.DATABASE_AUTH === 'iam' || env.DATABASE_PASSWORD !== undefined, {
    path: [ENV_DATABASE_PASSWORD],
    message: 'needed if DATABASE_AUTH is password',
  });
export type DatabaseEnv = z.infer<typeof DatabaseEnv>;

/** Address and login of Redis. */
export const RedisEnv = z
  .object({
    [ENV_REDIS_URL]: z.url({ protocol: /^rediss?$/ }),
    [ENV_REDIS_AUTH]: z.enum(['iam', 'none']),
    [ENV_REDIS_USER]: z.string().min(1).optional(),
    [ENV_REDIS_REPLICATION_GROUP]: z.string().min(1).optional(),
  })
  .refine((env) => env.REDIS_AUTH === 'none' || (env.REDIS_USER && env.REDIS_REPLICATION_GROUP), {
    path: [ENV_REDIS_USER],
    message: 'REDIS_USER and REDIS_REPLICATION_GROUP are needed if REDIS_AUTH is iam',
  });
export type RedisEnv = z.infer<typeof RedisEnv>;

/** Bucket and endpoints of S3. */
export const StorageEnv = z.object({
  [ENV_VIDEO_BUCKET]: z.string().min(1),
  [ENV_S3_FORCE_PATH_STYLE]: Flag.default(false),
  [ENV_S3_PUBLIC_ENDPOINT]: z.url({ protocol: /^https?$/ }).optional(),
});
export type StorageEnv = z.infer<typeof StorageEnv>;

import type { Redis } from 'ioredis';
import type pg from 'pg';
import { S3_CALLS } from '../shared/aws/call-limits.ts';
import { lazyEnv } from '../shared/config/env.ts';
import { DatabaseEnv, RedisEnv, StorageEnv } from '../shared/config/schemas.ts';
import { createPool } from '../shared/database/pool.ts';
import { eventStamps } from '../shared/events/event-stamps.ts';
import { TransactionalOutbox } from '../shared/outbox/transactional-outbox.ts';
import { createRedis } from '../shared/redis/client.ts';
import { createS3Client, createS3Signer } from '../shared/storage/s3-client.ts';
import { PgArtifactRepository } from './adapters/pg-artifact-repository.ts';
import { RedisHints } from './adapters/redis-hints.ts';
import { S3ArchiveStore } from './adapters/s3-archive-store.ts';
import { S3Links } from './adapters/s3-links.ts';
import type { DownloadServices } from './core/ports.ts';

/** The services of the use cases, and the connections for sweeping the outbox and the inbox. */
export interface DownloadRuntime extends DownloadServices {
  pool: pg.Pool;
  redis: Redis;
}

const databaseEnv = lazyEnv(DatabaseEnv);
const redisEnv = lazyEnv(RedisEnv);
const storageEnv = lazyEnv(StorageEnv);

const now = () => new Date();

/** Cold start: builds the adapters from the environment. */
export const buildServices = async (): Promise<DownloadRuntime> => {
  const bucket = storageEnv().VIDEO_BUCKET;
  const pool = createPool(databaseEnv());
  const redis = await createRedis(redisEnv());
  const s3 = createS3Client(storageEnv(), S3_CALLS);
  return {
    pool,
    redis,
    artifacts: new PgArtifactRepository(pool, new TransactionalOutbox(pool, redis)),
    archives: new S3ArchiveStore(s3, bucket),
    links: new S3Links(createS3Signer(storageEnv(), S3_CALLS), bucket),
    hints: new RedisHints(redis),
    now,
    stamp: eventStamps(now),
  };
};

import type { Redis } from 'ioredis';
import type pg from 'pg';
import { v7 as uuidV7 } from 'uuid';
import { VideoId } from '../contracts/ids.ts';
import { S3_CALLS } from '../shared/aws/call-limits.ts';
import { lazyEnv } from '../shared/config/env.ts';
import { DatabaseEnv, RedisEnv, StorageEnv } from '../shared/config/schemas.ts';
import { createPool } from '../shared/database/pool.ts';
import { eventStamps } from '../shared/events/event-stamps.ts';
import { TransactionalOutbox } from '../shared/outbox/transactional-outbox.ts';
import { createRedis } from '../shared/redis/client.ts';
import { createS3Client, createS3Signer } from '../shared/storage/s3-client.ts';
import { PgVideoLifecycle } from './adapters/pg-video-lifecycle.ts';
import { PgVideoRepository } from './adapters/pg-video-repository.ts';
import { PgWaitingVideos } from './adapters/pg-waiting-videos.ts';
import { RedisHints } from './adapters/redis-hints.ts';
import { S3SourceStore } from './adapters/s3-source-store.ts';
import { S3UploadForms } from './adapters/s3-upload-forms.ts';
import type { UploadServices } from './core/ports.ts';

/** The services of the use cases, and the connections for sweeping the outbox and the inbox. */
export interface UploadRuntime extends UploadServices {
  pool: pg.Pool;
  redis: Redis;
}

const databaseEnv = lazyEnv(DatabaseEnv);
const redisEnv = lazyEnv(RedisEnv);
const storageEnv = lazyEnv(StorageEnv);

const now = () => new Date();

/** Cold start: builds the adapters from the environment. */
export const buildServices = async (): Promise<UploadRuntime> => {
  const bucket = storageEnv().VIDEO_BUCKET;
  const pool = createPool(databaseEnv());
  const redis = await createRedis(redisEnv());
  const s3 = createS3Client(storageEnv(), S3_CALLS);
  const outbox = new TransactionalOutbox(pool, redis);
  return {
    pool,
    redis,
    videos: new PgVideoRepository(pool, outbox),
    lifecycle: new PgVideoLifecycle(pool, outbox),
    waiting: new PgWaitingVideos(pool),
    sources: new S3SourceStore(s3, bucket),
    forms: new S3UploadForms(createS3Signer(storageEnv(), S3_CALLS), bucket),
    hints: new RedisHints(redis),
    newVideoId: () => VideoId.parse(uuidV7()),
    now,
    stamp: eventStamps(now),
  };
};

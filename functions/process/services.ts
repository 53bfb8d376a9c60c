import type { Redis } from 'ioredis';
import type pg from 'pg';
import { lazyEnv } from '../shared/config/env.ts';
import { DatabaseEnv, RedisEnv, StorageEnv } from '../shared/config/schemas.ts';
import { createPool } from '../shared/database/pool.ts';
import { logger } from '../shared/logging/logger.ts';
import { TransactionalOutbox } from '../shared/outbox/transactional-outbox.ts';
import { createRedis } from '../shared/redis/client.ts';
import { createS3Client } from '../shared/storage/s3-client.ts';
import { meterToLog } from './adapters/cloudwatch-meter.ts';
import { startDeadline } from './adapters/deadline.ts';
import { PgJobRepository } from './adapters/pg-job-repository.ts';
import { RedisProgressReporter } from './adapters/redis-progress-reporter.ts';
import { S3FrameStore } from './adapters/s3/s3-frame-store.ts';
import type { ProcessServices } from './core/process-file.ts';
import { buildEngine } from './engines.ts';

/** The jobs and the connections that sweeping needs. */
export interface JobRuntime {
  pool: pg.Pool;
  redis: Redis;
  jobs: PgJobRepository;
}

/** Everything that an extraction needs. */
export interface ExtractionRuntime extends JobRuntime, ProcessServices {
  jobs: PgJobRepository;
}

const databaseEnv = lazyEnv(DatabaseEnv);
const redisEnv = lazyEnv(RedisEnv);
const storageEnv = lazyEnv(StorageEnv);

/** Cold start of the sweeper: environment → adapters. */
export const buildJobServices = async (): Promise<JobRuntime> => {
  const pool = createPool(databaseEnv());
  const redis = await createRedis(redisEnv());
  const jobs = new PgJobRepository(pool, new TransactionalOutbox(pool, redis), () => new Date());
  return { pool, redis, jobs };
};

/** Cold start of whatever extracts: environment → adapters. */
export const buildServices = async (): Promise<ExtractionRuntime> => {
  const log = (message: string, details: Record<string, unknown>) => logger.warn(message, details);
  const engine = buildEngine(log);
  const bucket = storageEnv().VIDEO_BUCKET;
  const runtime = await buildJobServices();
  return {
    ...runtime,
    engine,
    store: new S3FrameStore(createS3Client(storageEnv()), bucket),
    progress: new RedisProgressReporter(runtime.redis),
    monotonicSeconds: () => performance.now() / 1000,
    startDeadline,
    meter: meterToLog,
    log,
  };
};

import type { Redis } from 'ioredis';
import type pg from 'pg';
import * as z from 'zod';
import { ENV_JOB_LEASE_SECONDS } from '../contracts/env.ts';
import { type CallLimits, S3_CALLS, S3_TRANSFERS } from '../shared/aws/call-limits.ts';
import { lazyEnv } from '../shared/config/env.ts';
import { DatabaseEnv, RedisEnv, StorageEnv } from '../shared/config/schemas.ts';
import { createPool } from '../shared/database/pool.ts';
import { logger } from '../shared/logging/logger.ts';
import { recordMetrics } from '../shared/metrics/metrics.ts';
import { TransactionalOutbox } from '../shared/outbox/transactional-outbox.ts';
import { createRedis } from '../shared/redis/client.ts';
import { createS3Client } from '../shared/storage/s3-client.ts';
import { startDeadline, startRepetition } from './adapters/deadline.ts';
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
const leaseEnv = lazyEnv(z.object({ [ENV_JOB_LEASE_SECONDS]: z.coerce.number().positive() }));

/** Cold start of the sweeper: environment → adapters. */
export const buildJobServices = async (): Promise<JobRuntime> => {
  const pool = createPool(databaseEnv());
  const redis = await createRedis(redisEnv());
  const jobs = new PgJobRepository(
    pool,
    new TransactionalOutbox(pool, redis),
    leaseEnv().JOB_LEASE_SECONDS,
    () => new Date(),
  );
  return { pool, redis, jobs };
};

const buildStorageServices = async (limits: CallLimits) => {
  const runtime = await buildJobServices();
  return {
    ...runtime,
    store: new S3FrameStore(createS3Client(storageEnv(), limits), storageEnv().VIDEO_BUCKET),
    progress: new RedisProgressReporter(runtime.redis),
  };
};

/** Cold start of a function that only discards and has seconds for it: environment → adapters. */
export const buildDiscardServices = () => buildStorageServices(S3_CALLS);

/** Cold start of whatever extracts: environment → adapters. */
export const buildServices = async (): Promise<ExtractionRuntime> => {
  const engine = buildEngine((message, details) => logger.warn(message, details));
  return {
    ...(await buildStorageServices(S3_TRANSFERS)),
    engine,
    monotonicSeconds: () => performance.now() / 1000,
    renewalSeconds: leaseEnv().JOB_LEASE_SECONDS / 3,
    startDeadline,
    startRepetition,
    observe: (outcome) =>
      'code' in outcome
        ? recordMetrics({ Attempts: 1 }, { engine: engine.name, outcome: outcome.code })
        : recordMetrics(
            {
              Attempts: 1,
              ExtractionSeconds: outcome.extractionSeconds,
              FramesDelivered: outcome.framesDelivered,
              SourceBytes: outcome.sourceBytes,
              SourceBytesRead: outcome.bytesRead,
              SourceRequests: outcome.requests,
            },
            { engine: outcome.engine, outcome: 'DONE' },
          ),
    log: (level, message, details) => logger[level](message, details),
  };
};

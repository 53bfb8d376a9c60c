import { type CallLimits, S3_CALLS } from '../shared/aws/call-limits.ts';
import { PgJobRepository } from './adapters/pg-job-repository.ts';
import { RedisProgressReporter } from './adapters/redis-progress-reporter.ts';
import { S3OutputRemoval } from './adapters/s3/s3-output-removal.ts';
import { openConnections } from './connections.ts';

/** The jobs and the progress of videos: environment → adapters. */
export const buildJobServices = async (limits: CallLimits) => {
  const { outbox, ...connections } = await openConnections(limits);
  return {
    ...connections,
    jobs: new PgJobRepository(connections.pool, outbox),
    progress: new RedisProgressReporter(connections.redis),
  };
};

/** Cold start of a function that only discards, within seconds: environment → adapters. */
export const buildDiscardServices = async () => {
  const services = await buildJobServices(S3_CALLS);
  return { ...services, store: new S3OutputRemoval(services.s3, services.bucket) };
};

import { S3_CALLS } from '../shared/aws/call-limits.ts';
import { PgRunRecords } from './adapters/pg-run-records.ts';
import { S3OutputRemoval } from './adapters/s3/s3-output-removal.ts';
import { openConnections } from './connections.ts';

/** Cold start of the sweeper: environment → adapters. */
export const buildSweepServices = async () => {
  const { pool, redis, outbox, s3, bucket, stamp } = await openConnections(S3_CALLS);
  const [runs, store] = [new PgRunRecords(pool, outbox), new S3OutputRemoval(s3, bucket)];
  return { pool, redis, runs, store, stamp };
};

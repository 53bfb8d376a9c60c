import { S3_CALLS } from '../shared/aws/call-limits.ts';
import { PgRunRecords } from './adapters/pg-run-records.ts';
import { openConnections } from './connections.ts';

/** Cold start of the sweeper: environment → adapters. */
export const buildSweepServices = async () => {
  const { outbox, ...connections } = await openConnections(S3_CALLS);
  return { ...connections, runs: new PgRunRecords(connections.pool, outbox) };
};

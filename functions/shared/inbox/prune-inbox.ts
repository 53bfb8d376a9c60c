import type { Queryable } from '../database/pool.ts';

/** Longer than any replay: SQS keeps a message for at most 14 days, in the queue and in its dead-letter queue each. */
const RETENTION_DAYS = 30;

/** Forgets the events consumed so long ago that none can be delivered again. */
export const pruneInbox = async (db: Queryable): Promise<void> => {
  await db.query('DELETE FROM inbox WHERE received_at < now() - make_interval(days => $1)', [RETENTION_DAYS]);
};

import type { Queryable } from '../database/pool.ts';

/** Longer than any redelivery: SQS keeps a message for at most 14 days in the queue and 14 in the dead-letter queue. */
const RETENTION_DAYS = 30;

/** Deletes inbox rows of events that cannot be delivered again. */
export const pruneInbox = async (db: Queryable): Promise<void> => {
  await db.query('DELETE FROM inbox WHERE received_at < now() - make_interval(days => $1)', [RETENTION_DAYS]);
};

import type { Redis } from 'ioredis';
import type pg from 'pg';
import { relayedKey } from '../../contracts/channel.ts';
import { SagaEvent } from '../../contracts/events.ts';
import { withTransaction } from '../database/transaction.ts';
import { publishEvents } from '../events/publisher.ts';
import { logger } from '../logging/logger.ts';

/** Rows younger than this are left to the fast path. */
const GRACE_SECONDS = 5;
const BATCH_ROWS = 200;
/** Closed rows are kept this long for whoever investigates. */
const RETENTION_DAYS = 7;

/** What one sweep did. */
export interface SweepResult {
  closed: number;
  republished: number;
}

/**
 * Closes the outbox rows that the relay acknowledged and publishes the others again. Open rows are found by
 * `closed_at IS NULL`, never by a cursor over ids, which would skip rows that commit late; SKIP LOCKED lets two
 * sweeps run side by side. Ages are the database's own clock.
 */
export const sweepOutbox = async (pool: pg.Pool, redis: Redis): Promise<SweepResult> => {
  const result = await withTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ event_id: string; event: unknown }>(
      `SELECT event_id, event FROM outbox
       WHERE closed_at IS NULL AND created_at < now() - make_interval(secs => $1)
       ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED`,
      [GRACE_SECONDS, BATCH_ROWS],
    );
    const open = rows.map((row) => SagaEvent.parse(row.event));
    if (open.length === 0) return { closed: 0, republished: 0 };
    const marks = await redis.mget(open.map((event) => relayedKey(event.id)));
    const acknowledged = open.filter((_, position) => marks[position] != null);
    const unheard = open.filter((_, position) => marks[position] == null);
    await tx.query('UPDATE outbox SET closed_at = now() WHERE event_id = ANY($1)', [
      acknowledged.map((event) => event.id),
    ]);
    await publishEvents(redis, unheard);
    return { closed: acknowledged.length, republished: unheard.length };
  });
  await pool.query('DELETE FROM outbox WHERE closed_at < now() - make_interval(days => $1)', [
    RETENTION_DAYS,
  ]);
  if (result.republished > 0) logger.warn('Events published again', { ...result });
  return result;
};

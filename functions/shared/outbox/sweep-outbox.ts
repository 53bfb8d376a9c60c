import type { Redis } from 'ioredis';
import type pg from 'pg';
import { relayedKey } from '../../contracts/channel.ts';
import type { DatabaseContext } from '../../contracts/database.ts';
import { SagaEvent } from '../../contracts/events.ts';
import { withTransaction } from '../database/transaction.ts';
import { publishEvents } from '../events/publisher.ts';
import { logger } from '../logging/logger.ts';
import { recordMetrics } from '../metrics/metrics.ts';

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

/** A sweep takes at most so many batches: the next one is due then. */
const MAX_BATCHES = 20;

/**
 * Closes the outbox rows that the relay acknowledged and publishes the others again, until none is left that was not
 * looked at within the grace. Open rows are found by `closed_at IS NULL`, never by a cursor over ids, which would skip
 * rows that commit late; SKIP LOCKED lets two sweeps run side by side. Ages are the database's own clock.
 */
export const sweepOutbox = async (
  pool: pg.Pool,
  redis: Redis,
  context: DatabaseContext,
): Promise<SweepResult> => {
  const result = { closed: 0, republished: 0 };
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
    const { closed, republished } = await sweepBatch(pool, redis);
    result.closed += closed;
    result.republished += republished;
    if (closed + republished < BATCH_ROWS) break;
  }
  await pool.query('DELETE FROM outbox WHERE closed_at < now() - make_interval(days => $1)', [
    RETENTION_DAYS,
  ]);
  recordMetrics({ OutboxLagSeconds: await lagSeconds(pool) }, { context });
  if (result.republished > 0) logger.warn('Events published again', { ...result });
  return result;
};

/** How old the oldest event is that nobody acknowledged; 0 where there is none. */
const lagSeconds = async (pool: pg.Pool): Promise<number> => {
  const { rows } = await pool.query<{ lag: number }>(
    `SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::float AS lag
     FROM outbox WHERE closed_at IS NULL`,
  );
  return rows[0]?.lag ?? 0;
};

const sweepBatch = (pool: pg.Pool, redis: Redis): Promise<SweepResult> =>
  withTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ event_id: string; event: unknown }>(
      `SELECT event_id, event FROM outbox
       WHERE closed_at IS NULL AND published_at < now() - make_interval(secs => $1)
       ORDER BY published_at LIMIT $2 FOR UPDATE SKIP LOCKED`,
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
    await tx.query('UPDATE outbox SET published_at = now() WHERE event_id = ANY($1)', [
      unheard.map((event) => event.id),
    ]);
    await publishEvents(redis, unheard);
    return { closed: acknowledged.length, republished: unheard.length };
  });

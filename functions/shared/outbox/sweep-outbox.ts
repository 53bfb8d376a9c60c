import type { Redis } from 'ioredis';
import type pg from 'pg';
import { relayedKey } from '../../contracts/channel.ts';
import type { OutboxContext } from '../../contracts/database.ts';
import { SagaEvent } from '../../contracts/events.ts';
import { EventId } from '../../contracts/ids.ts';
import { withTransaction } from '../database/transaction.ts';
import { type PublishableEvent, publishMessages } from '../events/publisher.ts';
import { logger } from '../logging/logger.ts';
import { recordMetrics } from '../metrics/metrics.ts';

/** The fast path handles rows that are younger than this. */
const GRACE_SECONDS = 5;
const BATCH_ROWS = 200;
/** Maximum batches per sweep. The next sweep starts a minute later. */
const MAX_BATCHES = 20;
/** Closed rows are kept this many days for investigations. */
const RETENTION_DAYS = 7;
/**
 * Seconds between tries to read an unreadable row. So a deployment that can read the rows needs no further step, and
 * the sweeper need not know which version of the code set a row aside.
 */
const SET_ASIDE_SECONDS = 3600;

/** The result of one sweep. */
export interface SweepResult {
  closed: number;
  republished: number;
  /** Rows that this sweep tried to read and could not. */
  setAside: number;
}

/** The rows of a batch. `$1` is their minimum age in seconds. */
const DUE = 'set_aside_at IS NULL AND published_at < now() - make_interval(secs => $1) ORDER BY published_at';
const SET_ASIDE_LONG_AGO = 'set_aside_at < now() - make_interval(secs => $1) ORDER BY set_aside_at';

/**
 * Closes the outbox rows that the relay acknowledged and republishes the others, until every open row was published
 * within the grace period. It finds open rows by `closed_at IS NULL`, not by a cursor over ids, because a cursor would
 * skip rows that commit late. SKIP LOCKED lets two sweeps run at the same time. Ages use the database's clock.
 *
 * A row that this code cannot read (an unknown version or type) is set aside: it stays in the table, is counted for the
 * alarm, and is retried every hour. It does not block other rows.
 *
 * @throws the error of Redis or the database, after recording the metrics
 */
export const sweepOutbox = async (
  pool: pg.Pool,
  redis: Redis,
  context: OutboxContext,
): Promise<SweepResult> => {
  const [sweep] = await Promise.allSettled([sweepBatches(pool, redis)]);
  await pool.query('DELETE FROM outbox WHERE closed_at < now() - make_interval(days => $1)', [
    RETENTION_DAYS,
  ]);
  recordMetrics(await measureOpenRows(pool), { context });
  if (sweep.status === 'rejected') throw sweep.reason;
  if (sweep.value.republished > 0) logger.warn('Events published again', { ...sweep.value });
  return sweep.value;
};

const sweepBatches = async (pool: pg.Pool, redis: Redis): Promise<SweepResult> => {
  const result = { closed: 0, republished: 0, setAside: 0 };
  const sweepBatch = async (rows: string, seconds: number): Promise<number> => {
    const batch = await handleBatch(pool, redis, rows, seconds);
    result.closed += batch.closed;
    result.republished += batch.republished;
    result.setAside += batch.setAside;
    return batch.closed + batch.republished + batch.setAside;
  };
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
    if ((await sweepBatch(DUE, GRACE_SECONDS)) < BATCH_ROWS) break;
  }
  // Only one batch, and last, so that many unreadable rows cannot delay the readable ones.
  await sweepBatch(SET_ASIDE_LONG_AGO, SET_ASIDE_SECONDS);
  return result;
};

/** The age of the oldest unacknowledged event (0 for none) and the number of rows that were set aside. */
const measureOpenRows = async (
  pool: pg.Pool,
): Promise<{ OutboxLagSeconds: number; OutboxRowsSetAside: number }> => {
  const { rows } = await pool.query<{ lag: number; aside: number }>(
    `SELECT
       coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE set_aside_at IS NULL)), 0)::float AS lag,
       count(*) FILTER (WHERE set_aside_at IS NOT NULL)::int AS aside
     FROM outbox WHERE closed_at IS NULL`,
  );
  return { OutboxLagSeconds: rows[0]?.lag ?? 0, OutboxRowsSetAside: rows[0]?.aside ?? 0 };
};

interface OutboxRow {
  event_id: string;
  saga_id: string;
  event: unknown;
}

const handleBatch = (pool: pg.Pool, redis: Redis, which: string, seconds: number): Promise<SweepResult> =>
  withTransaction(pool, async (tx) => {
    const { rows } = await tx.query<OutboxRow>(
      `SELECT event_id, saga_id, event FROM outbox WHERE closed_at IS NULL AND ${which}
       LIMIT $2 FOR UPDATE SKIP LOCKED`,
      [seconds, BATCH_ROWS],
    );
    if (rows.length === 0) return { closed: 0, republished: 0, setAside: 0 };
    // The acknowledgement needs only the event's id, so a row can be closed without parsing it.
    const relayed = await acknowledgedOf(rows, redis);
    const acknowledged = rows.filter((row) => relayed.has(row.event_id));
    const unacknowledged = rows.filter((row) => !relayed.has(row.event_id)).map(readRow);
    const readable = unacknowledged.flatMap(({ publishable }) => publishable ?? []);
    const unreadable = unacknowledged.filter(({ publishable }) => publishable === undefined);
    await tx.query('UPDATE outbox SET closed_at = now(), set_aside_at = NULL WHERE event_id = ANY($1)', [
      acknowledged.map((row) => row.event_id),
    ]);
    await tx.query('UPDATE outbox SET published_at = now(), set_aside_at = NULL WHERE event_id = ANY($1)', [
      readable.map(({ event }) => event.id),
    ]);
    await tx.query('UPDATE outbox SET set_aside_at = now() WHERE event_id = ANY($1)', [
      unreadable.map(({ row }) => row.event_id),
    ]);
    await publishMessages(redis, readable);
    return { closed: acknowledged.length, republished: readable.length, setAside: unreadable.length };
  });

/** The ids of the rows whose events the relay has acknowledged. */
const acknowledgedOf = async (rows: readonly OutboxRow[], redis: Redis): Promise<ReadonlySet<string>> => {
  // The relay never acknowledges an id that is not an event id.
  const ids = rows.flatMap((row) => EventId.safeParse(row.event_id).data ?? []);
  if (ids.length === 0) return new Set();
  const marks = await redis.mget(ids.map(relayedKey));
  return new Set(ids.filter((_, position) => marks[position] != null));
};

/**
 * Parses a row. `publishable` is undefined if this code cannot read the row. It contains the stored JSON, because the
 * parsed event lacks the fields that this code does not know.
 */
const readRow = (row: OutboxRow): { row: OutboxRow; publishable: PublishableEvent | undefined } => {
  const parsed = SagaEvent.safeParse(row.event);
  const reason =
    parsed.error ?? (parsed.data.id === row.event_id ? undefined : 'its id differs from the row');
  if (parsed.success && reason === undefined) {
    return { row, publishable: { event: parsed.data, json: JSON.stringify(row.event) } };
  }
  logger.error('Outbox row set aside', { eventId: row.event_id, sagaId: row.saga_id, error: reason });
  return { row, publishable: undefined };
};

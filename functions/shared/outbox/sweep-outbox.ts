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

/** Rows younger than this are left to the fast path. */
const GRACE_SECONDS = 5;
const BATCH_ROWS = 200;
/** A sweep takes at most this many batches; the next sweep starts a minute later. */
const MAX_BATCHES = 20;
/** Closed rows are kept this long for investigations. */
const RETENTION_DAYS = 7;
/**
 * Rows that could not be read are tried again at this pace. A deployment that can read them needs no further step,
 * and the sweeper does not need to know which version of the code set a row aside.
 */
const SET_ASIDE_SECONDS = 3600;

/** What one sweep did. */
export interface SweepResult {
  closed: number;
  republished: number;
  /** Rows that this sweep tried to read and could not. */
  setAside: number;
}

/** Which rows a batch takes; `$1` is the time in seconds that must have passed. */
const DUE = 'set_aside_at IS NULL AND published_at < now() - make_interval(secs => $1) ORDER BY published_at';
const SET_ASIDE_LONG_AGO = 'set_aside_at < now() - make_interval(secs => $1) ORDER BY set_aside_at';

/**
 * Closes the outbox rows that the relay acknowledged and publishes the others again, until none is left that was not
 * looked at within the grace. Open rows are found by `closed_at IS NULL`, never by a cursor over ids, which would skip
 * rows that commit late; SKIP LOCKED lets two sweeps run side by side. Ages are measured by the database's clock.
 *
 * A row that this code cannot read (an unknown version or type) is set aside: it stays in the table, is counted for
 * the alarm, and is tried again every hour. It does not stop the other rows.
 *
 * @throws what Redis or the database throws; the metrics are recorded before.
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
  // One batch and last, so that any number of unreadable rows takes no time from the readable ones.
  await sweepBatch(SET_ASIDE_LONG_AGO, SET_ASIDE_SECONDS);
  return result;
};

/** The age of the oldest event that is not acknowledged, 0 for none, and the number of rows set aside. */
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
    // The acknowledgement names the event's id alone: a row needs no reading to be closed.
    const relayed = await acknowledgedOf(rows, redis);
    const acknowledged = rows.filter((row) => relayed.has(row.event_id));
    const unheard = rows.filter((row) => !relayed.has(row.event_id)).map(readRow);
    const readable = unheard.flatMap(({ publishable }) => publishable ?? []);
    const unreadable = unheard.filter(({ publishable }) => publishable === undefined);
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

/** The ids of those rows whose events the relay has acknowledged. */
const acknowledgedOf = async (rows: readonly OutboxRow[], redis: Redis): Promise<ReadonlySet<string>> => {
  // An id of another kind is no event's, so the relay never acknowledges it.
  const ids = rows.flatMap((row) => EventId.safeParse(row.event_id).data ?? []);
  if (ids.length === 0) return new Set();
  const marks = await redis.mget(ids.map(relayedKey));
  return new Set(ids.filter((_, position) => marks[position] != null));
};

/**
 * The row with its event and the JSON to publish, undefined where this code cannot read it. The JSON is the
 * stored one: the parsed event has lost the fields that this code does not know.
 */
const readRow = (row: OutboxRow): { row: OutboxRow; publishable: PublishableEvent | undefined } => {
  const parsed = SagaEvent.safeParse(row.event);
  const reason = parsed.error ?? (parsed.data.id === row.event_id ? undefined : 'another id than its row');
  if (parsed.success && reason === undefined) {
    return { row, publishable: { event: parsed.data, json: JSON.stringify(row.event) } };
  }
  logger.error('Outbox row set aside', { eventId: row.event_id, sagaId: row.saga_id, error: reason });
  return { row, publishable: undefined };
};

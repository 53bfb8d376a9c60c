import type pg from 'pg';
import * as z from 'zod';
import {
  DATABASE_CONNECTION_TIMEOUT_SECONDS,
  DATABASE_QUERY_TIMEOUT_SECONDS,
} from '../../contracts/answer-times.ts';
import { FAILURES, type FailureCode } from '../../contracts/failures.ts';
import { CorrelationId, EventId, RunId, UserId, VideoId } from '../../contracts/ids.ts';
import { newEvent } from '../../contracts/new-event.ts';
import type { RunObjects } from '../../contracts/storage-keys.ts';
import { readInPages } from '../../shared/database/read-in-pages.ts';
import { newEventId } from '../../shared/events/event-stamps.ts';
import { consumeOnce } from '../../shared/inbox/consume-once.ts';
import type { TransactionalOutbox } from '../../shared/outbox/transactional-outbox.ts';
import type { StrayRuns } from '../core/ports.ts';

/** Lapsed runs judged in one sweep: more than run at a time in any stage. */
const LAPSED_BATCH = 200;
/**
 * Seconds between the first look at a lapsed lease and its judgement. After an outage of the database every lease has
 * lapsed, and a live run may need both timeouts and a pause until it renews.
 */
const RENEWAL_CHANCE_SECONDS = DATABASE_CONNECTION_TIMEOUT_SECONDS + DATABASE_QUERY_TIMEOUT_SECONDS + 1;
/** Seconds after a run's own end until its output is removed for the last time: its last requests have ended by then. */
const STRAY_MARGIN_SECONDS = 120;
/** Tombstones outlive every replay of a PROCESS_FILE, a dead-letter redrive included. */
const TOMBSTONE_DAYS = 30;

const LapsedRow = z.object({
  user_id: UserId,
  attempt: z.int(),
  command_id: EventId,
  correlation_id: CorrelationId,
  timed_out: z.boolean(),
});

const StrayRow = z
  .object({ run_id: RunId, video_id: VideoId, user_id: UserId })
  .transform((row): RunObjects => ({ runId: row.run_id, videoId: row.video_id, userId: row.user_id }));
const toStray = (row: unknown): RunObjects => StrayRow.parse(row);

/** What the sweeper does about runs that ended without saying so. All ages are the database's own. */
export class PgRunSweeper implements StrayRuns {
  readonly #pool: pg.Pool;
  readonly #outbox: TransactionalOutbox;
  readonly #now: () => Date;

  constructor(pool: pg.Pool, outbox: TransactionalOutbox, now: () => Date) {
    this.#pool = pool;
    this.#outbox = outbox;
    this.#now = now;
  }

  /**
   * Fails the attempts whose run has let its lease lapse. A lapsed lease is only suspected by the first sweep that sees
   * it, so that a live run can renew it after an outage. One row that cannot be read stops no other.
   *
   * @returns how many attempts were failed.
   */
  async failLapsed(onError: (videoId: string, error: unknown) => void): Promise<number> {
    await this.#pool.query(
      `UPDATE job SET suspected_at = now()
       WHERE status = 'RUNNING' AND lease_expires_at < now() AND suspected_at IS NULL`,
    );
    const { rows } = await this.#pool.query<{ video_id: string }>(
      `SELECT video_id FROM job
       WHERE status = 'RUNNING' AND lease_expires_at < now()
         AND suspected_at < now() - make_interval(secs => $1)
       ORDER BY lease_expires_at LIMIT $2`,
      [RENEWAL_CHANCE_SECONDS, LAPSED_BATCH],
    );
    let failed = 0;
    for (const { video_id: videoId } of rows) {
      try {
        if (await this.#failOne(VideoId.parse(videoId))) failed += 1;
      } catch (error) {
        onError(videoId, error);
      }
    }
    return failed;
  }

  strays(): AsyncGenerator<RunObjects> {
    return readInPages(toStray, { context: 'process', table: 'run' }, (after, limit) =>
      this.#pool.query(
        `SELECT run.run_id, run.video_id, run.user_id, run.ends_at::text AS position_moment, run.run_id AS position_id
         FROM run LEFT JOIN job ON job.video_id = run.video_id
         WHERE (run.collected_at IS NULL OR run.ends_at < now() - make_interval(secs => $1))
           AND NOT coalesce(job.status = 'RUNNING' AND job.run_id = run.run_id, false)
           AND ($3::timestamptz IS NULL OR (run.ends_at, run.run_id) > ($3, $4::uuid))
         ORDER BY run.ends_at, run.run_id LIMIT $2`,
        [STRAY_MARGIN_SECONDS, limit, after?.moment, after?.id],
      ),
    );
  }

  async recordRemoved(runId: RunId): Promise<void> {
    await this.#pool.query(
      `WITH forgotten AS (
         DELETE FROM run WHERE run_id = $1 AND ends_at < now() - make_interval(secs => $2)
       )
       UPDATE run SET collected_at = now()
       WHERE run_id = $1 AND ends_at >= now() - make_interval(secs => $2)`,
      [runId, STRAY_MARGIN_SECONDS],
    );
  }

  /** Forgets videos that were deleted so long ago that no event about them can still be delivered. */
  async pruneTombstones(): Promise<void> {
    await this.#pool.query(
      `DELETE FROM job WHERE status = 'DELETED' AND finished_at < now() - make_interval(days => $1)`,
      [TOMBSTONE_DAYS],
    );
  }

  /** Fails a suspected run unless it has renewed its lease, or another sweep is about to fail it. */
  #failOne(videoId: VideoId): Promise<boolean> {
    return this.#outbox.run(async ({ tx, emit }) => {
      const { rows } = await tx.query(
        `SELECT user_id, attempt, command_id, correlation_id, coalesce(ends_at <= now(), false) AS timed_out FROM job
         WHERE video_id = $1 AND status = 'RUNNING' AND lease_expires_at < now()
           AND suspected_at < now() - make_interval(secs => $2)
         FOR UPDATE SKIP LOCKED`,
        [videoId, RENEWAL_CHANCE_SECONDS],
      );
      if (rows[0] === undefined) return false;
      const row = LapsedRow.parse(rows[0]);
      // A run past its own end did not die: it took too long, and its process did not stop it.
      const code: FailureCode = row.timed_out ? 'PROCESSING_TIMEOUT' : 'ENGINE_CRASHED';
      await tx.query(
        `UPDATE job SET status = 'FAILED', failure_code = $2, run_id = NULL, finished_at = now()
         WHERE video_id = $1`,
        [videoId, code],
      );
      await consumeOnce(tx, { id: row.command_id, type: 'PROCESS_FILE' });
      const origin = { sagaId: videoId, userId: row.user_id, correlationId: row.correlation_id };
      const payload = { attempt: row.attempt, code, ...FAILURES[code] };
      emit({
        ...newEvent('FILE_FAILED', origin, payload, { id: newEventId(), at: this.#now() }),
        causationId: row.command_id,
      });
      return true;
    });
  }
}

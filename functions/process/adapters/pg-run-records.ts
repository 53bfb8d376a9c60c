import type pg from 'pg';
import * as z from 'zod';
import { CorrelationId, EventId, RunId, UserId, VideoId } from '../../contracts/ids.ts';
import { readInPages } from '../../shared/database/read-in-pages.ts';
import type { TransactionalOutbox } from '../../shared/outbox/transactional-outbox.ts';
import type { Judgement, RunningAttempt } from '../core/decide-lease.ts';
import type { Decide, RecordedRun, RunRecords } from '../core/ports.ts';
import { JobStatus, toNow } from './column-values.ts';
import { storeDecision } from './store-decision.ts';

/** Tombstones outlive every replay of a PROCESS_FILE, a dead-letter redrive included. */
const TOMBSTONE_DAYS = 30;

const toVideoId = (row: unknown): VideoId => z.object({ video_id: VideoId }).parse(row).video_id;

const LOCK_RUNNING = `
  SELECT user_id, attempt, command_id, correlation_id, lease_expires_at, ends_at, suspected_at, now() AS now FROM job
  WHERE video_id = $1 AND status = 'RUNNING' FOR UPDATE SKIP LOCKED`;

/** A job that is RUNNING. FILE_FAILED could not be sent without its command. */
const RunningRow = z.object({
  user_id: UserId,
  attempt: z.int(),
  command_id: EventId,
  correlation_id: CorrelationId,
  lease_expires_at: z.date().nullable(),
  ends_at: z.date().nullable(),
  suspected_at: z.date().nullable(),
});

const toRunning = (videoId: VideoId, input: unknown): RunningAttempt => {
  const row = RunningRow.parse(input);
  return {
    videoId,
    userId: row.user_id,
    attempt: row.attempt,
    commandId: row.command_id,
    correlationId: row.correlation_id,
    leaseExpiresAt: row.lease_expires_at,
    endsAt: row.ends_at,
    suspectedAt: row.suspected_at,
  };
};

const RecordedRow = z.object({
  run_id: RunId,
  video_id: VideoId,
  user_id: UserId,
  ends_at: z.date(),
  job_status: JobStatus.nullable(),
  job_run_id: RunId.nullable(),
});

const toRecordedRun = (input: unknown): RecordedRun => {
  const row = RecordedRow.parse(input);
  return {
    objects: { runId: row.run_id, videoId: row.video_id, userId: row.user_id },
    job: row.job_status === null ? undefined : { status: row.job_status, runId: row.job_run_id },
    endsAt: row.ends_at,
    now: toNow(input),
  };
};

/** The runs in PostgreSQL, as a sweep sees them. All ages are the database's own. */
export class PgRunRecords implements RunRecords {
  readonly #pool: pg.Pool;
  readonly #outbox: TransactionalOutbox;

  constructor(pool: pg.Pool, outbox: TransactionalOutbox) {
    this.#pool = pool;
    this.#outbox = outbox;
  }

  lapsed(): AsyncGenerator<VideoId> {
    return readInPages(toVideoId, { context: 'process', table: 'job' }, (after, limit) =>
      this.#pool.query(
        `SELECT video_id, lease_expires_at::text AS position_moment, video_id AS position_id FROM job
         WHERE status = 'RUNNING' AND lease_expires_at < now()
           AND ($2::timestamptz IS NULL OR (lease_expires_at, video_id) > ($2, $3::uuid))
         ORDER BY lease_expires_at, video_id LIMIT $1`,
        [limit, after?.moment, after?.id],
      ),
    );
  }

  async judge(id: VideoId, decide: Decide<RunningAttempt, Judgement>): Promise<Judgement> {
    return this.#outbox.run(async (unit) => {
      const { rows } = await unit.tx.query(LOCK_RUNNING, [id]);
      if (rows[0] === undefined) return 'UNCHANGED';
      return storeDecision(unit, id, decide(toRunning(id, rows[0]), toNow(rows[0])));
    });
  }

  uncollected(marginSeconds: number): AsyncGenerator<RecordedRun> {
    return readInPages(toRecordedRun, { context: 'process', table: 'run' }, (after, limit) =>
      this.#pool.query(
        `SELECT run.run_id, run.video_id, run.user_id, run.ends_at, job.status AS job_status, job.run_id AS job_run_id,
           now() AS now, run.ends_at::text AS position_moment, run.run_id AS position_id
         FROM run LEFT JOIN job ON job.video_id = run.video_id
         WHERE (run.collected_at IS NULL OR run.ends_at < now() - make_interval(secs => $1))
           AND ($3::timestamptz IS NULL OR (run.ends_at, run.run_id) > ($3, $4::uuid))
         ORDER BY run.ends_at, run.run_id LIMIT $2`,
        [marginSeconds, limit, after?.moment, after?.id],
      ),
    );
  }

  async recordCollected(id: RunId): Promise<void> {
    await this.#pool.query('UPDATE run SET collected_at = now() WHERE run_id = $1', [id]);
  }

  async forget(id: RunId): Promise<void> {
    await this.#pool.query('DELETE FROM run WHERE run_id = $1', [id]);
  }

  /** Forgets videos that were deleted so long ago that no event about them can still be delivered. */
  async pruneTombstones(): Promise<void> {
    await this.#pool.query(
      `DELETE FROM job WHERE status = 'DELETED' AND finished_at < now() - make_interval(days => $1)`,
      [TOMBSTONE_DAYS],
    );
  }
}

import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import * as z from 'zod';
import type { DiscardFile, ProcessFile } from '../../contracts/events.ts';
import { FAILURES, type FailureCode } from '../../contracts/failures.ts';
import type { VideoId } from '../../contracts/ids.ts';
import type { Queryable } from '../../shared/database/pool.ts';
import { withTransaction } from '../../shared/database/transaction.ts';
import { followUp } from '../../shared/events/new-event.ts';
import { consumeOnce } from '../../shared/inbox/consume-once.ts';
import type { TransactionalOutbox } from '../../shared/outbox/transactional-outbox.ts';
import { decideClaim, decideFate, type Job } from '../core/attempts.ts';
import type { AttemptResult, Claim, ClaimFate, JobRepository } from '../core/ports.ts';

/** Tombstones outlive every replay of a PROCESS_FILE, a dead-letter redrive included. */
const TOMBSTONE_DAYS = 30;

const JobRow = z
  .object({
    attempt: z.int(),
    status: z.enum(['RUNNING', 'DONE', 'FAILED', 'DISCARDED', 'DELETED']),
    run_id: z.string().nullable(),
  })
  .transform((row): Job => ({ attempt: row.attempt, status: row.status, runId: row.run_id }));

/** Jobs in PostgreSQL, each with a row that is locked while a decision about it is made. */
export class PgJobRepository implements JobRepository {
  readonly #pool: pg.Pool;
  readonly #outbox: TransactionalOutbox;
  readonly #now: () => Date;

  constructor(pool: pg.Pool, outbox: TransactionalOutbox, now: () => Date) {
    this.#pool = pool;
    this.#outbox = outbox;
    this.#now = now;
  }

  async claim(event: ProcessFile): Promise<Claim | 'finished' | 'discarded'> {
    const runId = randomUUID();
    const { attempt, target } = event.payload;
    return withTransaction(this.#pool, async (tx) => {
      // Two first deliveries at once: the second waits here for the first one's row, then finds it.
      const { rowCount: inserted } = await tx.query(
        `INSERT INTO job (video_id, user_id, attempt, run_id, status, target, claimed_at)
         VALUES ($1, $2, $3, $4, 'RUNNING', $5, now()) ON CONFLICT (video_id) DO NOTHING`,
        [event.sagaId, event.userId, attempt, runId, target],
      );
      if (inserted === 1) return { event, runId };
      const decision = decideClaim(await lockJob(tx, event.sagaId), attempt);
      if (decision !== 'run') return decision;
      await tx.query(
        `UPDATE job SET attempt = $2, run_id = $3, status = 'RUNNING', target = $4, claimed_at = now(),
           failure_code = NULL, finished_at = NULL
         WHERE video_id = $1`,
        [event.sagaId, attempt, runId, target],
      );
      return { event, runId };
    });
  }

  async fateOf({ event, runId }: Claim): Promise<ClaimFate> {
    const { rows } = await this.#pool.query('SELECT attempt, status, run_id FROM job WHERE video_id = $1', [
      event.sagaId,
    ]);
    return decideFate(rows[0] && JobRow.parse(rows[0]), runId);
  }

  async complete(claim: Claim, result: AttemptResult): Promise<boolean> {
    const { event } = claim;
    const { attempt, source } = event.payload;
    const processed = followUp(
      event,
      'FILE_PROCESSED',
      { ...result, attempt, fileName: source.fileName },
      this.#now(),
    );
    return this.#finish(claim, processed, (tx) =>
      tx.query(
        `UPDATE job SET status = 'DONE', frames_expected = $2, frames_delivered = $3, zip_bytes = $4,
           zip_sha256 = $5, finished_at = now()
         WHERE video_id = $1`,
        [event.sagaId, result.framesExpected, result.framesDelivered, result.sizeBytes, result.sha256],
      ),
    );
  }

  async fail(claim: Claim, code: FailureCode): Promise<boolean> {
    const { event } = claim;
    const { attempt } = event.payload;
    const failed = followUp(event, 'FILE_FAILED', { attempt, code, ...FAILURES[code] }, this.#now());
    return this.#finish(claim, failed, (tx) =>
      tx.query(
        `UPDATE job SET status = 'FAILED', failure_code = $2, finished_at = now() WHERE video_id = $1`,
        [event.sagaId, code],
      ),
    );
  }

  async markDiscarded(event: DiscardFile): Promise<void> {
    const deleted = event.payload.reason === 'DELETED';
    await this.#pool.query(
      deleted
        ? `INSERT INTO job (video_id, attempt, status, finished_at) VALUES ($1, 0, 'DELETED', now())
           ON CONFLICT (video_id) DO UPDATE SET status = 'DELETED', user_id = NULL, run_id = NULL, target = NULL,
             frames_expected = NULL, frames_delivered = NULL, zip_bytes = NULL, zip_sha256 = NULL,
             failure_code = NULL, claimed_at = NULL, finished_at = now()`
        : `INSERT INTO job (video_id, attempt, status, finished_at) VALUES ($1, 0, 'DISCARDED', now())
           ON CONFLICT (video_id) DO UPDATE SET status = 'DISCARDED', run_id = NULL, finished_at = now()
             WHERE job.status <> 'DELETED'`,
      [event.sagaId],
    );
  }

  async recordDiscarded(event: DiscardFile): Promise<void> {
    await consumeOnce(this.#pool, event);
  }

  /** Forgets videos that were deleted so long ago that nothing of them can be delivered again. */
  async pruneTombstones(): Promise<void> {
    await this.#pool.query(
      `DELETE FROM job WHERE status = 'DELETED' AND finished_at < now() - make_interval(days => $1)`,
      [TOMBSTONE_DAYS],
    );
  }

  /** Writes the outcome of a run that is still current, and its event, or nothing. */
  async #finish(
    { event, runId }: Claim,
    outcome: Parameters<Parameters<Parameters<TransactionalOutbox['run']>[0]>[0]['emit']>[0],
    update: (tx: Queryable) => Promise<unknown>,
  ): Promise<boolean> {
    return this.#outbox.run(async ({ tx, emit }) => {
      const job = await lockJob(tx, event.sagaId);
      if (decideFate(job, runId) !== 'current' || !(await consumeOnce(tx, event))) return false;
      await update(tx);
      emit(outcome);
      return true;
    });
  }
}

const lockJob = async (tx: Queryable, videoId: VideoId): Promise<Job | undefined> => {
  const { rows } = await tx.query('SELECT attempt, status, run_id FROM job WHERE video_id = $1 FOR UPDATE', [
    videoId,
  ]);
  return rows[0] && JobRow.parse(rows[0]);
};

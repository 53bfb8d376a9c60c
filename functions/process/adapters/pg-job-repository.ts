import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import * as z from 'zod';
import type { DiscardFile, ProcessFile } from '../../contracts/events.ts';
import { FAILURES, type FailureCode } from '../../contracts/failures.ts';
import { CorrelationId, EventId, UserId, VideoId } from '../../contracts/ids.ts';
import type { Queryable } from '../../shared/database/pool.ts';
import { withTransaction } from '../../shared/database/transaction.ts';
import { followUp, newEvent } from '../../shared/events/new-event.ts';
import { consumeOnce } from '../../shared/inbox/consume-once.ts';
import type { TransactionalOutbox } from '../../shared/outbox/transactional-outbox.ts';
import { decideClaim, decideFate, type Job } from '../core/attempts.ts';
import type { AttemptResult, Claim, ClaimFate, JobRepository, NoClaim } from '../core/ports.ts';

/** Runs that died are told of at most so many at a time. */
const ABANDONED_BATCH = 100;
/** Tombstones outlive every replay of a PROCESS_FILE, a dead-letter redrive included. */
const TOMBSTONE_DAYS = 30;

const JobRow = z
  .object({
    attempt: z.int(),
    status: z.enum(['RUNNING', 'DONE', 'FAILED', 'DISCARDED', 'DELETED']),
    run_id: z.string().nullable(),
    leased: z.boolean(),
  })
  .transform(({ run_id: runId, ...row }): Job => ({ ...row, runId }));
/** The columns of a JobRow. Leases are the database's: no machine's clock decides who is alive. */
const JOB_COLUMNS = 'attempt, status, run_id, coalesce(lease_expires_at > now(), false) AS leased';

const AbandonedRow = z.object({
  video_id: VideoId,
  user_id: UserId,
  attempt: z.int(),
  command_id: EventId,
  correlation_id: CorrelationId,
});

/** Jobs in PostgreSQL, each with a row that is locked while a decision about it is made. */
export class PgJobRepository implements JobRepository {
  readonly #pool: pg.Pool;
  readonly #outbox: TransactionalOutbox;
  readonly #leaseSeconds: number;
  readonly #now: () => Date;

  constructor(pool: pg.Pool, outbox: TransactionalOutbox, leaseSeconds: number, now: () => Date) {
    this.#pool = pool;
    this.#outbox = outbox;
    this.#leaseSeconds = leaseSeconds;
    this.#now = now;
  }

  async claim(event: ProcessFile): Promise<Claim | NoClaim> {
    const runId = randomUUID();
    const { attempt, target } = event.payload;
    return withTransaction(this.#pool, async (tx) => {
      const row = [
        event.sagaId,
        event.userId,
        attempt,
        runId,
        target,
        event.id,
        event.correlationId,
        this.#leaseSeconds,
      ];
      // Two first deliveries at once: the second waits here for the first one's row, then finds it.
      const { rowCount: inserted } = await tx.query(
        `INSERT INTO job (video_id, user_id, attempt, run_id, status, target, command_id, correlation_id, claimed_at,
           lease_expires_at)
         VALUES ($1, $2, $3, $4, 'RUNNING', $5, $6, $7, now(), now() + make_interval(secs => $8))
         ON CONFLICT (video_id) DO NOTHING`,
        row,
      );
      if (inserted === 1) return { event, runId };
      const decision = decideClaim(await lockJob(tx, event.sagaId), attempt);
      if (decision !== 'run') return decision;
      await tx.query(
        `UPDATE job SET user_id = $2, attempt = $3, run_id = $4, status = 'RUNNING', target = $5, command_id = $6,
           correlation_id = $7, claimed_at = now(), lease_expires_at = now() + make_interval(secs => $8),
           failure_code = NULL, finished_at = NULL
         WHERE video_id = $1`,
        row,
      );
      return { event, runId };
    });
  }

  async fateOf({ event, runId }: Claim): Promise<ClaimFate> {
    const { rows } = await this.#pool.query(`SELECT ${JOB_COLUMNS} FROM job WHERE video_id = $1`, [
      event.sagaId,
    ]);
    return decideFate(rows[0] && JobRow.parse(rows[0]), runId);
  }

  async renew(claim: Claim): Promise<ClaimFate> {
    return (await this.#setLease(claim, this.#leaseSeconds)) ? 'current' : this.fateOf(claim);
  }

  async release(claim: Claim): Promise<void> {
    // None, rather than one that has passed: that would be a death for the sweeper to tell of.
    await this.#setLease(claim, null);
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
             failure_code = NULL, claimed_at = NULL, lease_expires_at = NULL, command_id = NULL, correlation_id = NULL,
             finished_at = now()`
        : `INSERT INTO job (video_id, attempt, status, finished_at) VALUES ($1, 0, 'DISCARDED', now())
           ON CONFLICT (video_id) DO UPDATE SET status = 'DISCARDED', run_id = NULL, finished_at = now()
             WHERE job.status <> 'DELETED'`,
      [event.sagaId],
    );
  }

  async recordDiscarded(event: DiscardFile): Promise<void> {
    await consumeOnce(this.#pool, event);
  }

  /** Fails the attempts whose run has given no sign of life for longer than its lease. @returns how many. */
  async failAbandoned(): Promise<number> {
    return this.#outbox.run(async ({ tx, emit }) => {
      const { rows } = await tx.query(
        `UPDATE job SET status = 'FAILED', failure_code = 'ENGINE_CRASHED', run_id = NULL, finished_at = now()
         WHERE video_id IN (
           SELECT video_id FROM job WHERE status = 'RUNNING' AND lease_expires_at < now()
           ORDER BY lease_expires_at LIMIT $1 FOR UPDATE SKIP LOCKED
         ) RETURNING video_id, user_id, attempt, command_id, correlation_id`,
        [ABANDONED_BATCH],
      );
      for (const row of rows.map((each) => AbandonedRow.parse(each))) {
        const { video_id: sagaId, user_id: userId, correlation_id: correlationId, attempt } = row;
        await consumeOnce(tx, { id: row.command_id, type: 'PROCESS_FILE' });
        const payload = { attempt, code: 'ENGINE_CRASHED' as const, ...FAILURES.ENGINE_CRASHED };
        const failed = newEvent('FILE_FAILED', { sagaId, userId, correlationId }, payload, this.#now());
        emit({ ...failed, causationId: row.command_id });
      }
      return rows.length;
    });
  }

  /** Forgets videos that were deleted so long ago that nothing of them can be delivered again. */
  async pruneTombstones(): Promise<void> {
    await this.#pool.query(
      `DELETE FROM job WHERE status = 'DELETED' AND finished_at < now() - make_interval(days => $1)`,
      [TOMBSTONE_DAYS],
    );
  }

  /** Whether the run is still current, its lease then ending so many seconds from now; null for no lease. */
  async #setLease({ event, runId }: Claim, seconds: number | null): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `UPDATE job SET lease_expires_at = now() + make_interval(secs => $3)
       WHERE video_id = $1 AND run_id = $2 AND status = 'RUNNING'`,
      [event.sagaId, runId, seconds],
    );
    return rowCount === 1;
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
  const { rows } = await tx.query(`SELECT ${JOB_COLUMNS} FROM job WHERE video_id = $1 FOR UPDATE`, [videoId]);
  return rows[0] && JobRow.parse(rows[0]);
};

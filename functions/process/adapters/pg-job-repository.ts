import type pg from 'pg';
import type { DiscardFile, ProcessFile, SagaEvent } from '../../contracts/events.ts';
import { FAILURES, type FailureCode } from '../../contracts/failures.ts';
import { followUp } from '../../contracts/new-event.ts';
import { newEventId } from '../../shared/events/event-stamps.ts';
import { consumeOnce } from '../../shared/inbox/consume-once.ts';
import type { TransactionalOutbox, UnitOfWork } from '../../shared/outbox/transactional-outbox.ts';
import { decideClaim, decideFate, type JobStatus } from '../core/attempts.ts';
import type { AttemptResult, Claim, ClaimFate, JobRepository, NewRun, NoClaim } from '../core/ports.ts';
import { lockJob, readJob, repeatOutcome, type StoredJob } from './job-row.ts';

/** Jobs in PostgreSQL. The job's row is locked while a decision about it is made. */
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

  async claim(event: ProcessFile, { runId, limitSeconds }: NewRun): Promise<Claim | NoClaim> {
    const { attempt, target } = event.payload;
    return this.#outbox.run(async (unit) => {
      const { tx, emit } = unit;
      const decision = await decideOrder(unit, event, runId, this.#now());
      if (decision === 'own') return { event, runId };
      if (decision !== 'run') return decision;
      await tx.query(
        `UPDATE job SET user_id = $2, attempt = $3, run_id = $4, status = 'RUNNING', target = $5, command_id = $6,
           correlation_id = $7, claimed_at = now(), lease_expires_at = now() + make_interval(secs => $8),
           ends_at = now() + make_interval(secs => $9), suspected_at = NULL, failure_code = NULL, finished_at = NULL
         WHERE video_id = $1`,
        [
          event.sagaId,
          event.userId,
          attempt,
          runId,
          target,
          event.id,
          event.correlationId,
          this.#leaseSeconds,
          limitSeconds,
        ],
      );
      await tx.query(
        `INSERT INTO run (run_id, video_id, user_id, ends_at) VALUES ($1, $2, $3, now() + make_interval(secs => $4))`,
        [runId, event.sagaId, event.userId, limitSeconds],
      );
      emit(followUp(event, 'EXTRACTION_STARTED', { attempt, target }, { id: newEventId(), at: this.#now() }));
      return { event, runId };
    });
  }

  async fateOf({ event, runId }: Claim): Promise<ClaimFate> {
    return decideFate(await readJob(this.#pool, event.sagaId), runId);
  }

  async renew(claim: Claim): Promise<ClaimFate> {
    const { rowCount } = await this.#pool.query(
      `UPDATE job SET lease_expires_at = least(now() + make_interval(secs => $3), ends_at), suspected_at = NULL
       WHERE video_id = $1 AND run_id = $2 AND status = 'RUNNING' AND ends_at > now()`,
      [claim.event.sagaId, claim.runId, this.#leaseSeconds],
    );
    return rowCount === 1 ? 'current' : this.fateOf(claim);
  }

  async release({ event, runId }: Claim): Promise<void> {
    // NULL, not a past time: the sweeper would report a crash.
    await this.#pool.query(
      `UPDATE job SET lease_expires_at = NULL, suspected_at = NULL
       WHERE video_id = $1 AND run_id = $2 AND status = 'RUNNING'`,
      [event.sagaId, runId],
    );
  }

  async complete(claim: Claim, result: AttemptResult): Promise<boolean> {
    const { event, runId } = claim;
    const { attempt, source } = event.payload;
    const payload = { ...result, attempt, fileName: source.fileName };
    const processed = followUp(event, 'FILE_PROCESSED', payload, { id: newEventId(), at: this.#now() });
    return this.#finish(claim, 'DONE', processed, async ({ tx }) => {
      await tx.query(
        `UPDATE job SET status = 'DONE', frames_expected = $2, frames_delivered = $3, zip_bytes = $4,
           zip_sha256 = $5, result = $6, finished_at = now()
         WHERE video_id = $1`,
        [
          event.sagaId,
          result.framesExpected,
          result.framesDelivered,
          result.sizeBytes,
          result.sha256,
          payload,
        ],
      );
      // The output of this run is the result: it is never collected.
      await tx.query('DELETE FROM run WHERE run_id = $1', [runId]);
    });
  }

  async fail(claim: Claim, code: FailureCode): Promise<boolean> {
    const { event } = claim;
    return this.#finish(claim, 'FAILED', failureOf(event, code, this.#now()), ({ tx }) =>
      tx.query(
        `UPDATE job SET status = 'FAILED', failure_code = $2, finished_at = now() WHERE video_id = $1`,
        [event.sagaId, code],
      ),
    );
  }

  async failUnclaimed(event: ProcessFile, code: FailureCode): Promise<boolean> {
    return this.#outbox.run(async (unit) => {
      if ((await decideOrder(unit, event, null, this.#now())) !== 'run') return false;
      await unit.tx.query(
        `UPDATE job SET user_id = $2, attempt = $3, run_id = NULL, status = 'FAILED', target = $4, command_id = $5,
           correlation_id = $6, failure_code = $7, finished_at = now()
         WHERE video_id = $1`,
        [
          event.sagaId,
          event.userId,
          event.payload.attempt,
          event.payload.target,
          event.id,
          event.correlationId,
          code,
        ],
      );
      unit.emit(failureOf(event, code, this.#now()));
      return true;
    });
  }

  async markDiscarded(event: DiscardFile): Promise<void> {
    const deleted = event.payload.reason === 'DELETED';
    await this.#pool.query(
      deleted
        ? `INSERT INTO job (video_id, attempt, status, finished_at) VALUES ($1, 0, 'DELETED', now())
           ON CONFLICT (video_id) DO UPDATE SET status = 'DELETED', user_id = NULL, run_id = NULL, target = NULL,
             frames_expected = NULL, frames_delivered = NULL, zip_bytes = NULL, zip_sha256 = NULL, result = NULL,
             failure_code = NULL, claimed_at = NULL, lease_expires_at = NULL, ends_at = NULL, suspected_at = NULL,
             command_id = NULL, correlation_id = NULL, finished_at = now()`
        : `INSERT INTO job (video_id, attempt, status, finished_at) VALUES ($1, 0, 'DISCARDED', now())
           ON CONFLICT (video_id) DO UPDATE SET status = 'DISCARDED', run_id = NULL, finished_at = now()
             WHERE job.status <> 'DELETED'`,
      [event.sagaId],
    );
  }

  async recordDiscarded(event: DiscardFile): Promise<void> {
    await consumeOnce(this.#pool, event);
  }

  /** Writes the outcome of a run that is still current, and its event, or nothing. True also where it is written already. */
  async #finish(
    { event, runId }: Claim,
    status: JobStatus,
    outcome: SagaEvent,
    update: (unit: UnitOfWork) => Promise<unknown>,
  ): Promise<boolean> {
    return this.#outbox.run(async (unit) => {
      const job = await lockJob(unit.tx, event.sagaId);
      // An earlier try was committed, and its answer was lost.
      if (job?.status === status && job.runId === runId) return true;
      if (decideFate(job, runId) !== 'current' || !(await consumeOnce(unit.tx, event))) return false;
      await update(unit);
      unit.emit(outcome);
      return true;
    });
  }
}

const failureOf = (event: ProcessFile, code: FailureCode, now: Date) =>
  followUp(
    event,
    'FILE_FAILED',
    { attempt: event.payload.attempt, code, ...FAILURES[code] },
    { id: newEventId(), at: now },
  );

/**
 * Locks the video's job, makes one where there is none, and decides what to do about an order; tells a known outcome
 * again where that is what the order gets. `run` leaves the row to the caller to write.
 *
 * @param runId null where no run is to begin.
 */
const decideOrder = async (
  { tx, emit }: UnitOfWork,
  event: ProcessFile,
  runId: NewRun['runId'] | null,
  now: Date,
): Promise<'run' | 'own' | NoClaim> => {
  const job = await insertOrLock(tx, event);
  if (job === undefined) return 'run';
  const decision = decideClaim(job, {
    attempt: event.payload.attempt,
    commandId: event.id,
    runId,
    orderedAt: new Date(event.occurredAt),
  });
  if (decision !== 'repeat') return decision;
  if (job.outcome === null) return 'finished';
  await tx.query('UPDATE job SET attempt = $2, command_id = $3 WHERE video_id = $1', [
    event.sagaId,
    event.payload.attempt,
    event.id,
  ]);
  emit(repeatOutcome(job.outcome, event, now));
  return 'repeated';
};

/** Undefined where the job is new. Of two first deliveries at once, the second waits here for the first one's row. */
const insertOrLock = async (tx: UnitOfWork['tx'], event: ProcessFile): Promise<StoredJob | undefined> => {
  const { rowCount: inserted } = await tx.query(
    `INSERT INTO job (video_id, user_id, attempt, status) VALUES ($1, $2, $3, 'FAILED')
     ON CONFLICT (video_id) DO NOTHING`,
    [event.sagaId, event.userId, event.payload.attempt],
  );
  return inserted === 1 ? undefined : lockJob(tx, event.sagaId);
};

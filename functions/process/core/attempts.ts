import type { FileProcessed } from '../../contracts/events.ts';
import type { FailureCode } from '../../contracts/failures.ts';
import type { EventId, RunId } from '../../contracts/ids.ts';
import type { Job } from './job.ts';

/**
 * Why a run has nothing to do: the attempt has a result, which was sent before (`finished`) or is sent again
 * (`repeated`), another run holds the attempt, or its video is `discarded`.
 */
export type NoClaim = 'finished' | 'repeated' | 'held' | 'discarded';

/** The state of a claim: still `current`, `superseded` by another run, or its video `discarded`. */
export type ClaimFate = 'current' | 'superseded' | 'discarded';

/** A PROCESS_FILE, and the run that would carry it out. */
export interface Order {
  attempt: number;
  commandId: EventId;
  /** When the orchestrator decided on it. */
  orderedAt: Date;
  /** Null where the order starts no run. */
  runId: RunId | null;
}

/** The outcome that a job can send again. */
export interface StoredOutcome {
  /** The payload of FILE_PROCESSED, or the code of FILE_FAILED. */
  outcome: FileProcessed['payload'] | FailureCode;
  /** When it was stored. */
  since: Date;
}

/** The outcome of a job's attempt; undefined where there is none, or where it was not kept. */
export const outcomeOf = ({ status, result, failureCode, finishedAt }: Job): StoredOutcome | undefined => {
  const outcome = status === 'DONE' ? result : status === 'FAILED' ? failureCode : null;
  return outcome === null || finishedAt === null ? undefined : { outcome, since: finishedAt };
};

/**
 * Decides what to do about a PROCESS_FILE.
 *
 * - `run`: the attempt is later than the job's, or it is the job's own and its run died without a result.
 * - `own`: this very run holds the job already; the answer to its claim was lost.
 * - `repeat`: the job has an outcome, and another command asks for it: the outcome is sent again, without work. A
 *   finished job answers later attempts in the same way. An order of the same attempt that is older than the outcome
 *   has its answer already: the outcome was sent after it.
 * - `held`: another run holds a lease on the attempt. If that run dies, the sweeper fails it.
 * - `finished`, `discarded`: there is nothing to do.
 *
 * @param now the database's time, which leases are measured by.
 */
export const decideClaim = (job: Job, order: Order, now: Date): 'run' | 'own' | 'repeat' | NoClaim => {
  const isCurrent = job.attempt === order.attempt;
  const since = outcomeOf(job)?.since;
  switch (job.status) {
    case 'DISCARDED':
    case 'DELETED':
      return 'discarded';
    case 'DONE':
      if (job.attempt > order.attempt || job.commandId === order.commandId) return 'finished';
      if (since === undefined) return 'run';
      return isCurrent && order.orderedAt <= since ? 'finished' : 'repeat';
    case 'FAILED':
      if (!isCurrent) return job.attempt < order.attempt ? 'run' : 'finished';
      if (job.commandId === order.commandId || since === undefined) return 'finished';
      return order.orderedAt <= since ? 'finished' : 'repeat';
    case 'RUNNING':
      if (!isCurrent) return job.attempt < order.attempt ? 'run' : 'finished';
      if (order.runId !== null && job.runId === order.runId) return 'own';
      return isLeased(job, now) ? 'held' : 'run';
  }
};

/** Decides whether the run `runId` may still write its result. @param job undefined where the video has none. */
export const decideFate = (job: Pick<Job, 'status' | 'runId'> | undefined, runId: RunId): ClaimFate => {
  if (job === undefined || job.status === 'DISCARDED' || job.status === 'DELETED') return 'discarded';
  return job.status === 'RUNNING' && job.runId === runId ? 'current' : 'superseded';
};

const isLeased = ({ leaseExpiresAt }: Job, now: Date): boolean =>
  leaseExpiresAt !== null && leaseExpiresAt > now;

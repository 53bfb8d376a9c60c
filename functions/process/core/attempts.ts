import type { EventId, RunId } from '../../contracts/ids.ts';
import type { ClaimFate, NoClaim } from './ports.ts';

/** Where a job stands. DISCARDED and DELETED are final: nothing runs for that video any more. */
export type JobStatus = 'RUNNING' | 'DONE' | 'FAILED' | 'DISCARDED' | 'DELETED';

/** The stored job of a video, as far as decisions need it. */
export interface Job {
  attempt: number;
  status: JobStatus;
  runId: RunId | null;
  /** The PROCESS_FILE that its run was started by, or that was answered last. */
  commandId: EventId | null;
  /** Whether its run renewed its lease in time, by the database's clock. */
  leased: boolean;
  /** The stored outcome's time, where the outcome can be told again. */
  toldAt: Date | null;
}

/** A PROCESS_FILE, and the run that would carry it out. */
export interface Order {
  attempt: number;
  commandId: EventId;
  /** When it was decided on. */
  orderedAt: Date;
  /** Null where none would. */
  runId: RunId | null;
}

/**
 * What to do about a PROCESS_FILE.
 *
 * - `run`: a later attempt than the job's, or the job's own attempt whose run died without a result.
 * - `own`: this very run holds the job already; the answer to its claim was lost.
 * - `repeat`: the job has an outcome, and another command asks for it: the outcome is told again, without work. A
 *   finished job so answers later attempts, too. An order of the same attempt that is older than the outcome has its
 *   answer already: the outcome was told after it.
 * - `held`: another run holds a lease on the attempt. If that run dies, the sweeper fails it.
 * - `finished`, `discarded`: nothing.
 */
export const decideClaim = (job: Job | undefined, order: Order): 'run' | 'own' | 'repeat' | NoClaim => {
  if (job === undefined) return 'run';
  const isCurrent = job.attempt === order.attempt;
  switch (job.status) {
    case 'DISCARDED':
    case 'DELETED':
      return 'discarded';
    case 'DONE':
      if (job.attempt > order.attempt || job.commandId === order.commandId) return 'finished';
      if (job.toldAt === null) return 'run';
      return isCurrent && order.orderedAt <= job.toldAt ? 'finished' : 'repeat';
    case 'FAILED':
      if (!isCurrent) return job.attempt < order.attempt ? 'run' : 'finished';
      if (job.commandId === order.commandId || job.toldAt === null) return 'finished';
      return order.orderedAt <= job.toldAt ? 'finished' : 'repeat';
    case 'RUNNING':
      if (!isCurrent) return job.attempt < order.attempt ? 'run' : 'finished';
      if (order.runId !== null && job.runId === order.runId) return 'own';
      return job.leased ? 'held' : 'run';
  }
};

/** Whether the run `runId` may still write its result, and if not, why. */
export const decideFate = (job: Job | undefined, runId: RunId): ClaimFate => {
  if (job === undefined || job.status === 'DISCARDED' || job.status === 'DELETED') return 'discarded';
  return job.status === 'RUNNING' && job.runId === runId ? 'current' : 'superseded';
};

import type { ExtractionTarget, FileProcessed } from '../../contracts/events.ts';
import type { FailureCode } from '../../contracts/failures.ts';
import type { CorrelationId, EventId, RunId, UserId } from '../../contracts/ids.ts';

/** Where a job stands. DISCARDED and DELETED are final: no run works on that video any more. */
export type JobStatus = 'RUNNING' | 'DONE' | 'FAILED' | 'DISCARDED' | 'DELETED';

/** The stored job of a video, as far as decisions need it. All times are the database's. */
export interface Job {
  attempt: number;
  status: JobStatus;
  runId: RunId | null;
  /** The PROCESS_FILE that started the job's run, or the one that was answered last. */
  commandId: EventId | null;
  /** Null after the run gave its lease up: such a lease has not lapsed. */
  leaseExpiresAt: Date | null;
  /** The end of the run, whatever its process does: no lease goes beyond it. */
  endsAt: Date | null;
  /** What FILE_PROCESSED said, of a job that is DONE. */
  result: FileProcessed['payload'] | null;
  failureCode: FailureCode | null;
  finishedAt: Date | null;
}

/** The job of a video before its first order. It counts as an attempt 0 that failed, so any attempt may run. */
export const NEW_JOB: Job = {
  attempt: 0,
  status: 'FAILED',
  runId: null,
  commandId: null,
  leaseExpiresAt: null,
  endsAt: null,
  result: null,
  failureCode: null,
  finishedAt: null,
};

/** What changes of a stored job; the rest stays as it is. */
export interface JobChange extends Partial<Job> {
  /** Null in a tombstone, which keeps nothing of the user. */
  userId?: UserId | null;
  target?: ExtractionTarget | null;
  correlationId?: CorrelationId | null;
  claimedAt?: Date | null;
  /** When a sweep first saw that the lease had lapsed; a renewal clears it. */
  suspectedAt?: Date | null;
}

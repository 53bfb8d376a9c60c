import type { ClaimFate, NoClaim } from './ports.ts';

/** Where a job stands. DISCARDED and DELETED are final: nothing runs for that video any more. */
export type JobStatus = 'RUNNING' | 'DONE' | 'FAILED' | 'DISCARDED' | 'DELETED';

/** The stored job of a video, as far as decisions need it. */
export interface Job {
  attempt: number;
  status: JobStatus;
  runId: string | null;
  /** Whether its run has given a sign of life lately, by the database's clock. */
  leased: boolean;
}

/**
 * Whether a PROCESS_FILE for `attempt` is to be run. A later attempt than the job's is; so is the job's own where its
 * run died without a result. Not where that run still holds its lease: should it die, the sweeper finds out. Older
 * attempts and finished ones are not, nor is anything of a discarded video.
 */
export const decideClaim = (job: Job | undefined, attempt: number): 'run' | NoClaim => {
  if (job === undefined) return 'run';
  if (isDiscarded(job)) return 'discarded';
  if (job.attempt !== attempt) return job.attempt < attempt ? 'run' : 'finished';
  if (job.status !== 'RUNNING') return 'finished';
  return job.leased ? 'held' : 'run';
};

/** What has become of the run `runId`: only the current one may write a result. */
export const decideFate = (job: Job | undefined, runId: string): ClaimFate => {
  if (job === undefined || isDiscarded(job)) return 'discarded';
  return job.status === 'RUNNING' && job.runId === runId ? 'current' : 'superseded';
};

const isDiscarded = (job: Job): boolean => job.status === 'DISCARDED' || job.status === 'DELETED';

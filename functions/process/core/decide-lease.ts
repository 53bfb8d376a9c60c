import { FAILURES, type FailureCode } from '../../contracts/failures.ts';
import type { CorrelationId, EventId, RunId, UserId, VideoId } from '../../contracts/ids.ts';
import { newEvent } from '../../contracts/new-event.ts';
import { type ClaimFate, decideFate } from './attempts.ts';
import type { Job } from './job.ts';
import { type JobDecision, type Moment, unchanged } from './job-decision.ts';
import { isOver, judgeLease, type Lease, leaseEnd } from './leases.ts';

/** A run of a job that is RUNNING, with what FILE_FAILED needs. */
export interface RunningAttempt extends Lease {
  videoId: VideoId;
  userId: UserId;
  attempt: number;
  commandId: EventId;
  correlationId: CorrelationId;
}

/** The lease starts anew where the run is current and not past its own end. */
export const decideRenewal = (
  job: Job | undefined,
  runId: RunId,
  leaseSeconds: number,
  now: Date,
): JobDecision<ClaimFate> => {
  const answer = decideFate(job, runId);
  if (answer !== 'current' || !job?.endsAt || isOver(job, now)) return unchanged(answer);
  const change = { leaseExpiresAt: leaseEnd(now, leaseSeconds, job.endsAt), suspectedAt: null };
  return { answer, change, events: [] };
};

/** A run that stops without a result gives its lease up. NULL, not a past time: the sweeper would report a crash. */
export const decideRelease = (job: Job | undefined, runId: RunId): JobDecision<void> =>
  decideFate(job, runId) === 'current'
    ? { answer: undefined, change: { leaseExpiresAt: null, suspectedAt: null }, events: [] }
    : unchanged(undefined);

/** What a sweep makes of a run that may have died. */
export type Judgement = 'UNCHANGED' | 'SUSPECTED' | 'FAILED';

/** FAILED, and FILE_FAILED, where the run let its lease lapse and then did not renew it in time. */
export const decideLapse = (
  { videoId: sagaId, userId, correlationId, attempt, commandId, ...lease }: RunningAttempt,
  { now, stamp }: Moment,
): JobDecision<Judgement> => {
  const verdict = judgeLease(lease, now);
  if (verdict === 'kept') return unchanged('UNCHANGED');
  if (verdict === 'suspected') return { answer: 'SUSPECTED', change: { suspectedAt: now }, events: [] };
  // A run past its own end did not die: it took too long, and its process did not stop it.
  const code: FailureCode = isOver(lease, now) ? 'PROCESSING_TIMEOUT' : 'ENGINE_CRASHED';
  const payload = { attempt, code, ...FAILURES[code] };
  return {
    answer: 'FAILED',
    change: { status: 'FAILED', failureCode: code, runId: null, finishedAt: now },
    ends: { id: commandId, type: 'PROCESS_FILE' },
    events: [newEvent('FILE_FAILED', { sagaId, userId, correlationId }, payload, stamp, commandId)],
  };
};

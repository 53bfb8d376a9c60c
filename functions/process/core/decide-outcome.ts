import type { ProcessFile, SagaEvent } from '../../contracts/events.ts';
import { FAILURES, type FailureCode } from '../../contracts/failures.ts';
import type { RunId } from '../../contracts/ids.ts';
import { type EventStamp, followUp } from '../../contracts/new-event.ts';
import { decideFate } from './attempts.ts';
import type { Job } from './job.ts';
import { type JobDecision, type Moment, unchanged } from './job-decision.ts';
import type { AttemptResult, Claim } from './run.ts';

/** DONE, and FILE_PROCESSED. The answer is false where the run is not current: nothing is stored then. */
export const decideCompletion = (
  job: Job | undefined,
  { event, runId }: Claim,
  result: AttemptResult,
  { now, stamp }: Moment,
): JobDecision<boolean> => {
  if (isWritten(job, 'DONE', runId)) return unchanged(true);
  if (decideFate(job, runId) !== 'current') return unchanged(false);
  const { attempt, source } = event.payload;
  const payload = { ...result, attempt, fileName: source.fileName };
  return {
    answer: true,
    change: { status: 'DONE', result: payload, finishedAt: now },
    wins: runId,
    ends: event,
    events: [followUp(event, 'FILE_PROCESSED', payload, stamp)],
  };
};

/** FAILED, and FILE_FAILED. The answer is false where the run is not current: nothing is stored then. */
export const decideFailure = (
  job: Job | undefined,
  { event, runId }: Claim,
  code: FailureCode,
  { now, stamp }: Moment,
): JobDecision<boolean> => {
  if (isWritten(job, 'FAILED', runId)) return unchanged(true);
  if (decideFate(job, runId) !== 'current') return unchanged(false);
  return {
    answer: true,
    change: { status: 'FAILED', failureCode: code, finishedAt: now },
    ends: event,
    events: [failureOf(event, code, stamp)],
  };
};

/** FILE_FAILED of an ordered attempt. */
export const failureOf = (event: ProcessFile, code: FailureCode, stamp: EventStamp): SagaEvent =>
  followUp(event, 'FILE_FAILED', { attempt: event.payload.attempt, code, ...FAILURES[code] }, stamp);

/** Whether this run's outcome is stored already: an earlier try was committed, and its answer was lost. */
const isWritten = (job: Job | undefined, status: 'DONE' | 'FAILED', runId: RunId): boolean =>
  job?.status === status && job.runId === runId;

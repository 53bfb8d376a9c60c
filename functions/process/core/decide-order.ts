import type { ProcessFile } from '../../contracts/events.ts';
import type { FailureCode } from '../../contracts/failures.ts';
import type { RunId } from '../../contracts/ids.ts';
import { followUp } from '../../contracts/new-event.ts';
import { decideClaim, type NoClaim, outcomeOf } from './attempts.ts';
import { failureOf } from './decide-outcome.ts';
import type { Job } from './job.ts';
import { type JobDecision, type Moment, unchanged } from './job-decision.ts';
import { leaseEnd, secondsAfter } from './leases.ts';
import type { Claim, NewRun } from './run.ts';

/** The run takes the attempt on, and EXTRACTION_STARTED; or why there is nothing to do (see `decideClaim`). */
export const decideStart = (
  job: Job,
  event: ProcessFile,
  run: NewRun,
  moment: Moment,
): JobDecision<Claim | NoClaim> => {
  const { now, stamp } = moment;
  const { runId } = run;
  const order = decideOrder(job, event, runId, moment);
  if (order === 'own') return unchanged({ event, runId });
  if (order !== 'run') return order;
  const { sagaId: videoId, userId, correlationId } = event;
  const { attempt, target } = event.payload;
  const endsAt = secondsAfter(now, run.limitSeconds);
  return {
    answer: { event, runId },
    change: {
      ...{ userId, attempt, runId, status: 'RUNNING', target, commandId: event.id, correlationId },
      ...{ claimedAt: now, leaseExpiresAt: leaseEnd(now, run.leaseSeconds, endsAt), endsAt },
      ...{ suspectedAt: null, failureCode: null, finishedAt: null },
    },
    begins: { runId, videoId, userId, endsAt },
    events: [followUp(event, 'EXTRACTION_STARTED', { attempt, target }, stamp)],
  };
};

/** An attempt that no run has taken on fails: FILE_FAILED. The answer is whether it does. */
export const decideBurial = (
  job: Job,
  event: ProcessFile,
  code: FailureCode,
  moment: Moment,
): JobDecision<boolean> => {
  const order = decideOrder(job, event, null, moment);
  if (order === 'own') return unchanged(false);
  if (order !== 'run') return { ...order, answer: false };
  const { userId, correlationId, id: commandId } = event;
  const { attempt, target } = event.payload;
  return {
    answer: true,
    change: {
      ...{ userId, attempt, runId: null, status: 'FAILED', target, commandId, correlationId },
      ...{ failureCode: code, finishedAt: moment.now },
    },
    events: [failureOf(event, code, moment.stamp)],
  };
};

/** `run` and `own` leave the decision to the caller. */
const decideOrder = (
  job: Job,
  event: ProcessFile,
  runId: RunId | null,
  { now, stamp }: Moment,
): 'run' | 'own' | JobDecision<NoClaim> => {
  const { attempt } = event.payload;
  const order = { attempt, commandId: event.id, runId, orderedAt: new Date(event.occurredAt) };
  const decision = decideClaim(job, order, now);
  if (decision === 'run' || decision === 'own') return decision;
  if (decision !== 'repeat') return unchanged(decision);
  const stored = outcomeOf(job);
  if (stored === undefined) return unchanged('finished');
  return {
    answer: 'repeated',
    change: { attempt, commandId: event.id },
    // A later attempt's command gets the result under its own number, because the saga waits for that one.
    events: [
      typeof stored.outcome === 'string'
        ? failureOf(event, stored.outcome, stamp)
        : followUp(event, 'FILE_PROCESSED', { ...stored.outcome, attempt }, stamp),
    ],
  };
};

import type { DiscardFile } from '../../contracts/events.ts';
import type { Job, JobChange } from './job.ts';
import { type JobDecision, unchanged } from './job-decision.ts';

/** Fences off every run of the video, now and later. Of a deleted video only a tombstone remains. */
export const decideDiscard = (
  { status }: Job,
  { payload: { reason } }: DiscardFile,
  now: Date,
): JobDecision<void> => {
  if (reason === 'DELETED')
    return { answer: undefined, change: { ...TOMBSTONE, finishedAt: now }, events: [] };
  if (status === 'DELETED') return unchanged(undefined);
  return { answer: undefined, change: { status: 'DISCARDED', runId: null, finishedAt: now }, events: [] };
};

const TOMBSTONE = {
  ...{ status: 'DELETED', userId: null, runId: null, target: null, result: null, failureCode: null },
  ...{ claimedAt: null, leaseExpiresAt: null, endsAt: null, suspectedAt: null },
  ...{ commandId: null, correlationId: null },
} as const satisfies JobChange;

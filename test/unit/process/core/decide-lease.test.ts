import { describe, expect, it } from 'vitest';
import { FAILURES } from '../../../../functions/contracts/failures.ts';
import {
  decideLapse,
  decideRelease,
  decideRenewal,
  type RunningAttempt,
} from '../../../../functions/process/core/decide-lease.ts';
import type { Job } from '../../../../functions/process/core/job.ts';
import { SOME_TIME as NOW, processFileEvent, someJob, someRunId } from '../../../support/process.ts';
import { STAMPED_AT, someStamp } from '../../../support/stamps.ts';

const order = processFileEvent(2);
const { sagaId: videoId, userId, correlationId, id: commandId } = order;
const runId = someRunId(1);
const moment = { now: NOW, stamp: someStamp(1) };
const secondsLater = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
const current = (change: Partial<Job> = {}): Job =>
  someJob({ attempt: 2, runId, commandId, endsAt: secondsLater(600), ...change });

describe('decideRenewal', () => {
  it.each([
    ['by its full length', 600, 60],
    ['up to the end of the run and no further', 20, 20],
  ])('prolongs the lease of a current run %s, and clears a suspicion', (_, endsIn, expected) => {
    expect(decideRenewal(current({ endsAt: secondsLater(endsIn) }), runId, 60, NOW)).toEqual({
      answer: 'current',
      change: { leaseExpiresAt: secondsLater(expected), suspectedAt: null },
      events: [],
    });
  });

  it.each([
    ['past its own end', current({ endsAt: NOW }), 'current'],
    ['without an end', current({ endsAt: null }), 'current'],
    ['that another one has superseded', current({ runId: someRunId(2) }), 'superseded'],
    ['that has a result', current({ status: 'DONE' }), 'superseded'],
    ['whose video was discarded', current({ status: 'DISCARDED' }), 'discarded'],
    ['whose job is gone', undefined, 'discarded'],
  ])('prolongs no lease of a run %s', (_, job, answer) => {
    expect(decideRenewal(job, runId, 60, NOW)).toEqual({ answer, events: [] });
  });
});

describe('decideRelease', () => {
  it('takes the lease of a current run away, so that it cannot lapse', () => {
    expect(decideRelease(current(), runId)).toEqual({
      change: { leaseExpiresAt: null, suspectedAt: null },
      events: [],
    });
  });

  it('leaves the lease of another run alone', () => {
    expect(decideRelease(current({ runId: someRunId(2) }), runId)).toEqual({ events: [] });
  });
});

describe('decideLapse', () => {
  const running = (change: Partial<RunningAttempt> = {}): RunningAttempt => ({
    ...{ videoId, userId, attempt: 2, commandId, correlationId },
    ...{ leaseExpiresAt: secondsLater(-1), endsAt: secondsLater(600), suspectedAt: secondsLater(-14) },
    ...change,
  });

  it.each([
    ['ENGINE_CRASHED', 'before its end', 600],
    ['PROCESSING_TIMEOUT', 'past its end', 0],
  ] as const)('fails the attempt with %s where its run let the lease lapse %s', (code, _, endsIn) => {
    expect(decideLapse(running({ endsAt: secondsLater(endsIn) }), moment)).toEqual({
      answer: 'FAILED',
      change: { status: 'FAILED', failureCode: code, runId: null, finishedAt: NOW },
      ends: { id: commandId, type: 'PROCESS_FILE' },
      events: [
        {
          ...{ id: someStamp(1).id, type: 'FILE_FAILED', version: 1, occurredAt: STAMPED_AT.toISOString() },
          ...{ sagaId: videoId, userId, correlationId, causationId: commandId },
          payload: { attempt: 2, code, ...FAILURES[code] },
        },
      ],
    });
  });

  it('only suspects a lease that lapsed when it sees the lapse for the first time', () => {
    expect(decideLapse(running({ suspectedAt: null }), moment)).toEqual({
      answer: 'SUSPECTED',
      change: { suspectedAt: NOW },
      events: [],
    });
  });

  it.each([
    ['still has its chance to renew the lease', running({ suspectedAt: secondsLater(-13) })],
    ['holds its lease', running({ leaseExpiresAt: NOW })],
    ['gave its lease up', running({ leaseExpiresAt: null })],
  ])('leaves a run alone that %s', (_, run) => {
    expect(decideLapse(run, moment)).toEqual({ answer: 'UNCHANGED', events: [] });
  });
});

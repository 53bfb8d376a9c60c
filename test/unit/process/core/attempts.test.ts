import { describe, expect, it } from 'vitest';
import { decideClaim, decideFate } from '../../../../functions/process/core/attempts.ts';
import { type Job, NEW_JOB } from '../../../../functions/process/core/job.ts';
import { newEventId } from '../../../../functions/shared/events/event-stamps.ts';
import { somePayload } from '../../../support/events.ts';
import { someJob, someRunId } from '../../../support/process.ts';

const NOON = new Date('2026-01-01T12:00:00.000Z');
const [BEFORE, AFTER] = [new Date(NOON.getTime() - 1), new Date(NOON.getTime() + 1)];
const command = newEventId();
const runId = someRunId(1);
const job = (change: Partial<Job>): Job => someJob({ attempt: 2, runId, commandId: command, ...change });
const done = { status: 'DONE', result: somePayload.FILE_PROCESSED(2), finishedAt: NOON } as const;
const failed = { status: 'FAILED', failureCode: 'INTERNAL', finishedAt: NOON } as const;
const leased = { leaseExpiresAt: AFTER };
const lapsed = { leaseExpiresAt: NOON };

describe('decideClaim', () => {
  it.each([
    ['the first attempt of a video', NEW_JOB, 1, 'run'],
    ['an attempt after a failed one', job(failed), 3, 'run'],
    ['an attempt after one that still seems to run', job({}), 3, 'run'],
    ['an attempt whose run crashed', job({}), 2, 'run'],
    ['an attempt whose run let its lease lapse', job(lapsed), 2, 'run'],
    ['an attempt whose run lives', job(leased), 2, 'held'],
    ['an attempt after one that lives', job(leased), 3, 'run'],
    ['an attempt that is done', job(done), 2, 'finished'],
    ['an attempt that failed', job(failed), 2, 'finished'],
    ['an older attempt', job({}), 1, 'finished'],
    ['an attempt before one that is done', job(done), 1, 'finished'],
    ['an attempt before one that failed', job(failed), 1, 'finished'],
    ['any attempt of a video given up', job({ status: 'DISCARDED' }), 3, 'discarded'],
    ['any attempt of a deleted video', job({ status: 'DELETED' }), 3, 'discarded'],
  ])('of %s', (_, known, attempt, decision) => {
    const order = { attempt, commandId: command, orderedAt: AFTER, runId: someRunId(2) };
    expect(decideClaim(known, order, NOON)).toBe(decision);
  });

  it.each([
    ['an attempt that is done', job(done), 2, 'repeat'],
    ['an attempt after one that is done', job(done), 3, 'repeat'],
    ['an attempt before one that is done', job(done), 1, 'finished'],
    ['an attempt that failed', job(failed), 2, 'repeat'],
    ['an attempt after one that failed', job(failed), 3, 'run'],
    ['an attempt whose result was not kept', job({ status: 'DONE' }), 2, 'run'],
    ['an attempt whose run lives', job(leased), 2, 'held'],
  ])('of another command for %s', (_, known, attempt, decision) => {
    const order = { attempt, commandId: newEventId(), orderedAt: AFTER, runId: someRunId(2) };
    expect(decideClaim(known, order, NOON)).toBe(decision);
  });

  it.each([
    ['done', job(done), 2, 'finished'],
    ['failed', job(failed), 2, 'finished'],
    ['done, under a later attempt', job(done), 3, 'repeat'],
    ['failed, for a later attempt', job(failed), 3, 'run'],
  ])(
    'of a command that is older than the outcome of an attempt that is %s',
    (_, known, attempt, decision) => {
      const order = { attempt, commandId: newEventId(), orderedAt: BEFORE, runId: someRunId(2) };
      expect(decideClaim(known, order, NOON)).toBe(decision);
    },
  );

  it('recognises the run that holds the job already', () => {
    const order = { attempt: 2, commandId: command, orderedAt: AFTER, runId };
    for (const lease of [leased, lapsed]) expect(decideClaim(job(lease), order, NOON)).toBe('own');
  });
});

describe('decideFate', () => {
  it.each([
    ['the run that the job names', job({}), 'current'],
    ['a run that another one replaced', job({ runId: someRunId(2) }), 'superseded'],
    ['a run whose job another one finished', job({ status: 'DONE' }), 'superseded'],
    ['a run of a video given up', job({ status: 'DISCARDED', runId: null }), 'discarded'],
    ['a run of a deleted video', job({ status: 'DELETED', runId: null }), 'discarded'],
    ['a run whose job is gone', undefined, 'discarded'],
  ])('of %s', (_, known, fate) => {
    expect(decideFate(known, runId)).toBe(fate);
  });
});

import { describe, expect, it } from 'vitest';
import { decideClaim, decideFate, type Job } from '../../../../functions/process/core/attempts.ts';

const job = (change: Partial<Job>): Job => ({
  attempt: 2,
  status: 'RUNNING',
  runId: 'a',
  leased: false,
  ...change,
});

describe('decideClaim', () => {
  it.each([
    ['the first attempt of a video', undefined, 1, 'run'],
    ['an attempt after a failed one', job({ status: 'FAILED' }), 3, 'run'],
    ['an attempt after one that still seems to run', job({}), 3, 'run'],
    ['an attempt whose run crashed', job({}), 2, 'run'],
    ['an attempt whose run lives', job({ leased: true }), 2, 'held'],
    ['an attempt after one that lives', job({ leased: true }), 3, 'run'],
    ['an attempt that is done', job({ status: 'DONE' }), 2, 'finished'],
    ['an attempt that failed', job({ status: 'FAILED' }), 2, 'finished'],
    ['an older attempt', job({}), 1, 'finished'],
    ['any attempt of a video given up', job({ status: 'DISCARDED' }), 3, 'discarded'],
    ['any attempt of a deleted video', job({ status: 'DELETED' }), 3, 'discarded'],
  ])('of %s', (_, known, attempt, decision) => {
    expect(decideClaim(known, attempt)).toBe(decision);
  });
});

describe('decideFate', () => {
  it.each([
    ['the run that the job names', job({}), 'current'],
    ['a run that another one replaced', job({ runId: 'b' }), 'superseded'],
    ['a run whose job another one finished', job({ status: 'DONE' }), 'superseded'],
    ['a run of a video given up', job({ status: 'DISCARDED', runId: null }), 'discarded'],
    ['a run of a deleted video', job({ status: 'DELETED', runId: null }), 'discarded'],
    ['a run whose job is gone', undefined, 'discarded'],
  ])('of %s', (_, known, fate) => {
    expect(decideFate(known, 'a')).toBe(fate);
  });
});

import { describe, expect, it } from 'vitest';
import { decideBurial, decideStart } from '../../../../functions/process/core/decide-order.ts';
import { type Job, NEW_JOB } from '../../../../functions/process/core/job.ts';
import { somePayload } from '../../../support/events.ts';
import {
  answerTo,
  failureOf,
  SOME_TIME as NOW,
  processFileEvent,
  someJob,
  someRunId,
  startOf,
} from '../../../support/process.ts';
import { someStamp } from '../../../support/stamps.ts';

const order = processFileEvent(2);
const { sagaId: videoId, userId, correlationId, id: commandId } = order;
const runId = someRunId(1);
const claim = { event: order, runId };
const moment = { now: NOW, stamp: someStamp(1) };
const secondsLater = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
const current = (change: Partial<Job> = {}): Job =>
  someJob({ attempt: 2, runId, commandId, endsAt: secondsLater(600), ...change });

describe('decideStart', () => {
  const run = { runId, leaseSeconds: 60, limitSeconds: 660 };

  it('gives the job to the run, with a lease and an end of its own, and emits EXTRACTION_STARTED', () => {
    expect(decideStart(NEW_JOB, order, run, moment)).toEqual({
      answer: claim,
      change: {
        ...{ userId, attempt: 2, runId, status: 'RUNNING', target: 'lambda', commandId, correlationId },
        ...{ claimedAt: NOW, leaseExpiresAt: secondsLater(60), endsAt: secondsLater(660) },
        ...{ suspectedAt: null, failureCode: null, finishedAt: null },
      },
      begins: { runId, videoId, userId, endsAt: secondsLater(660) },
      events: [startOf(order)],
    });
  });

  it('gives no lease that goes beyond the end of the run', () => {
    const { change } = decideStart(NEW_JOB, order, { ...run, limitSeconds: 30 }, moment);
    expect(change).toMatchObject({ leaseExpiresAt: secondsLater(30), endsAt: secondsLater(30) });
  });

  it('changes nothing for a run that holds the job already', () => {
    expect(decideStart(current(), order, run, moment)).toEqual({ answer: claim, events: [] });
  });

  it('changes nothing while another run holds the job', () => {
    const held = current({ runId: someRunId(2), leaseExpiresAt: secondsLater(1) });
    expect(decideStart(held, order, run, moment)).toEqual({ answer: 'held', events: [] });
  });

  it('answers an order of a finished job with the stored result under the number of the order', () => {
    const result = somePayload.FILE_PROCESSED(1);
    const done = someJob({ status: 'DONE', result, finishedAt: NOW });
    expect(decideStart(done, order, run, moment)).toEqual({
      answer: 'repeated',
      change: { attempt: 2, commandId },
      events: [answerTo(order, 'FILE_PROCESSED', { ...result, attempt: 2 }, 1)],
    });
  });

  it('answers a repeated order of a failed attempt with the stored failure', () => {
    const failed = someJob({ attempt: 2, status: 'FAILED', failureCode: 'CORRUPT_VIDEO', finishedAt: NOW });
    expect(decideStart(failed, order, run, moment)).toEqual({
      answer: 'repeated',
      change: { attempt: 2, commandId },
      events: [failureOf(order, 'CORRUPT_VIDEO', 1)],
    });
  });
});

describe('decideBurial', () => {
  it('fails an attempt that no run has taken on', () => {
    expect(decideBurial(NEW_JOB, order, 'INTERNAL', moment)).toEqual({
      answer: true,
      change: {
        ...{ userId, attempt: 2, runId: null, status: 'FAILED', target: 'lambda', commandId, correlationId },
        ...{ failureCode: 'INTERNAL', finishedAt: NOW },
      },
      events: [failureOf(order, 'INTERNAL', 1)],
    });
  });

  it('repeats a stored result, which is no failure of the attempt', () => {
    const result = somePayload.FILE_PROCESSED(2);
    const done = someJob({ attempt: 2, status: 'DONE', result, finishedAt: NOW });
    expect(decideBurial(done, order, 'INTERNAL', moment)).toEqual({
      answer: false,
      change: { attempt: 2, commandId },
      events: [answerTo(order, 'FILE_PROCESSED', result, 1)],
    });
  });
});

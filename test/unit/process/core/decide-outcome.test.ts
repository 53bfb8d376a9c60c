import { describe, expect, it } from 'vitest';
import { decideCompletion, decideFailure } from '../../../../functions/process/core/decide-outcome.ts';
import type { Job } from '../../../../functions/process/core/job.ts';
import type { AttemptResult } from '../../../../functions/process/core/run.ts';
import {
  answerTo,
  failureOf,
  SOME_TIME as NOW,
  processFileEvent,
  someJob,
  someRunId,
} from '../../../support/process.ts';
import { someStamp } from '../../../support/stamps.ts';

const order = processFileEvent(2);
const runId = someRunId(1);
const claim = { event: order, runId };
const moment = { now: NOW, stamp: someStamp(1) };
const current = (change: Partial<Job> = {}): Job => someJob({ attempt: 2, runId, ...change });

describe('decideCompletion', () => {
  const result: AttemptResult = {
    storageKey: 'frames.zip',
    manifestKey: 'manifest.json',
    sizeBytes: 4_000,
    sha256: 'a'.repeat(64),
    framesExpected: 4,
    framesDelivered: 4,
    extractionSeconds: 1.5,
    engine: 'libav',
  };
  const payload = { ...result, fileName: order.payload.source.fileName, attempt: 2 };

  it('ends a current run with FILE_PROCESSED, and keeps its output', () => {
    expect(decideCompletion(current(), claim, result, moment)).toEqual({
      answer: true,
      change: { status: 'DONE', result: payload, finishedAt: NOW },
      wins: runId,
      ends: order,
      events: [answerTo(order, 'FILE_PROCESSED', payload, 1)],
    });
  });

  it('emits nothing a second time after the answer to the first try was lost', () => {
    const done = current({ status: 'DONE' });
    expect(decideCompletion(done, claim, result, moment)).toEqual({ answer: true, events: [] });
  });

  it.each([
    ['another run holds the job', current({ runId: someRunId(2) })],
    ['the attempt has failed', current({ status: 'FAILED' })],
    ['the video was discarded', current({ status: 'DISCARDED', runId: null })],
    ['the job is gone', undefined],
  ])('stores nothing where %s', (_, job) => {
    expect(decideCompletion(job, claim, result, moment)).toEqual({ answer: false, events: [] });
  });
});

describe('decideFailure', () => {
  it('ends a current run with FILE_FAILED', () => {
    expect(decideFailure(current(), claim, 'CORRUPT_VIDEO', moment)).toEqual({
      answer: true,
      change: { status: 'FAILED', failureCode: 'CORRUPT_VIDEO', finishedAt: NOW },
      ends: order,
      events: [failureOf(order, 'CORRUPT_VIDEO', 1)],
    });
  });

  it('emits nothing a second time after the answer to the first try was lost', () => {
    const failed = current({ status: 'FAILED' });
    expect(decideFailure(failed, claim, 'INTERNAL', moment)).toEqual({ answer: true, events: [] });
  });

  it.each([
    ['another run holds the job', current({ runId: someRunId(2) })],
    ['the attempt is done', current({ status: 'DONE' })],
    ['the video was discarded', current({ status: 'DELETED', runId: null })],
    ['the job is gone', undefined],
  ])('stores nothing where %s', (_, job) => {
    expect(decideFailure(job, claim, 'INTERNAL', moment)).toEqual({ answer: false, events: [] });
  });
});

import { describe, expect, it } from 'vitest';
import { ExtractionError } from '../../../../engine/index.ts';
import { buryAttempt } from '../../../../functions/process/core/bury-attempt.ts';
import { discardFile } from '../../../../functions/process/core/discard-file.ts';
import { AttemptStoppedError, processFile } from '../../../../functions/process/core/process-file.ts';
import { someEvent } from '../../../support/events.ts';
import {
  answerTo,
  failureOf,
  fakeEngine,
  fakeServices,
  LEASED,
  processFileEvent,
  SOME_TIME,
  someFrame,
  someJob,
  someRunId,
  startOf,
} from '../../../support/process.ts';

const FRAMES = [0, 1, 2].map(someFrame);
const LIMITS = { budgetSeconds: 60 };
const STARTED_AND_DONE = ['EXTRACTION_STARTED', 'FILE_PROCESSED'];

describe('processFile', () => {
  it('writes every frame, then the ZIP, and emits what it delivered and how long it took', async () => {
    const engine = fakeEngine(FRAMES, () => {
      fakes.clock.seconds += 1;
    });
    const fakes = fakeServices(engine);
    const event = processFileEvent();
    await processFile(event, fakes.services, LIMITS);
    const prefix = `users/${event.userId}/videos/${event.sagaId}/results/${someRunId(1)}`;
    const result = {
      storageKey: `${prefix}/frames.zip`,
      manifestKey: `${prefix}/frames/manifest.json`,
      sizeBytes: 100,
      sha256: 'b'.repeat(64),
      framesExpected: 3,
      framesDelivered: 3,
      extractionSeconds: 3,
      engine: 'fake',
    };
    expect(fakes.jobs.events).toEqual([
      startOf(event),
      answerTo(event, 'FILE_PROCESSED', { ...result, attempt: 1, fileName: 'holiday.mp4' }, 2),
    ]);
    expect(fakes.store.manifest?.frames.map((frame) => frame.fileName)).toEqual([
      'frame_00000_00h00m00.000s.jpg',
      'frame_00001_00h00m10.000s.jpg',
      'frame_00002_00h00m20.000s.jpg',
    ]);
    expect(engine.closed).toBe(1);
  });

  it('reports progress from the start and clears it in the end', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES));
    await processFile(processFileEvent(), fakes.services, LIMITS);
    expect(fakes.progress).toEqual(['0/3', '1/3', '2/3', '3/3', 'cleared']);
  });

  it('does nothing when a finished attempt is delivered again', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES));
    const event = processFileEvent();
    await processFile(event, fakes.services, LIMITS);
    await processFile(event, fakes.services, LIMITS);
    expect(fakes.jobs.types).toEqual(STARTED_AND_DONE);
  });

  it('runs an attempt again when its run left no result', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES));
    fakes.jobs.job = someJob();
    await processFile(processFileEvent(1), fakes.services, LIMITS);
    expect(fakes.jobs.types).toEqual(STARTED_AND_DONE);
  });

  it('fails with the engine’s code and publishes no ZIP, and removes its frames', async () => {
    const engine = fakeEngine(FRAMES, ({ index }) => {
      if (index === 2) throw new ExtractionError('CORRUPT_VIDEO');
    });
    const fakes = fakeServices(engine);
    const event = processFileEvent();
    await processFile(event, fakes.services, LIMITS);
    expect(fakes.jobs.events).toEqual([startOf(event), failureOf(event, 'CORRUPT_VIDEO', 2)]);
    expect(fakes.store.visible).toEqual(new Set());
    expect(fakes.store.aborted).toBe(1);
    expect(engine.closed).toBe(1);
    expect(fakes.progress.at(-1)).toBe('cleared');
  });

  it('fails when fewer frames arrive than the engine announced', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES, undefined, 4));
    const event = processFileEvent();
    await processFile(event, fakes.services, LIMITS);
    expect(fakes.jobs.events).toEqual([startOf(event), failureOf(event, 'CORRUPT_VIDEO', 2)]);
    expect(fakes.store.manifest).toBeUndefined();
  });

  it('fails with INTERNAL when the store fails', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES));
    fakes.store.failure = new Error('S3 is down');
    const event = processFileEvent();
    await processFile(event, fakes.services, LIMITS);
    expect(fakes.jobs.events).toEqual([startOf(event), failureOf(event, 'INTERNAL', 2)]);
  });

  it('fails with PROCESSING_TIMEOUT after its deadline, whichever error came first', async () => {
    const fakes = fakeServices(
      fakeEngine(FRAMES, ({ index }) => {
        if (index !== 1) return;
        fakes.passDeadlines();
        throw new Error('the read was aborted');
      }),
    );
    const event = processFileEvent();
    await processFile(event, fakes.services, LIMITS);
    expect(fakes.jobs.events).toEqual([startOf(event), failureOf(event, 'PROCESSING_TIMEOUT', 2)]);
  });

  it('removes its own output when another run has taken over, and emits nothing', async () => {
    const fakes = fakeServices(
      fakeEngine(FRAMES, () => {
        fakes.jobs.job = someJob({ attempt: 2, ...LEASED });
      }),
    );
    await processFile(processFileEvent(), fakes.services, LIMITS);
    expect(fakes.jobs.types).toEqual(['EXTRACTION_STARTED']);
    expect(fakes.store.manifest).toBeUndefined();
    expect(fakes.store.discardedRuns).toBe(1);
  });

  it('gives up at its next renewal and cleans up when the video is discarded meanwhile', async () => {
    let delivered = 0;
    const fakes = fakeServices(
      fakeEngine(FRAMES, async () => {
        delivered += 1;
        fakes.jobs.job = someJob({ status: 'DISCARDED', runId: null });
        await fakes.renewLeases();
      }),
    );
    await processFile(processFileEvent(), fakes.services, LIMITS);
    expect(delivered).toBe(1);
    expect(fakes.jobs.types).toEqual(['EXTRACTION_STARTED']);
    expect(fakes.store.visible).toEqual(new Set());
  });

  it('removes the output of a dead run when its video was discarded before', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES));
    fakes.jobs.job = someJob({ status: 'DELETED', runId: null });
    fakes.store.visible.add('frames.zip');
    await processFile(processFileEvent(), fakes.services, LIMITS);
    expect(fakes.store.visible).toEqual(new Set());
    expect(fakes.jobs.events).toEqual([]);
  });
});

describe('a run and its lease', () => {
  it('renews no lease after it has ended, with or without a result', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES));
    await processFile(processFileEvent(), fakes.services, LIMITS);
    fakes.store.failure = new Error('S3 is down');
    await processFile(processFileEvent(2), fakes.services, LIMITS);
    expect(fakes.renewals.size).toBe(0);
  });

  it('is not taken over by a second delivery while it lives', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES));
    fakes.jobs.job = someJob(LEASED);
    await processFile(processFileEvent(1), fakes.services, LIMITS);
    expect(fakes.jobs.job.runId).toBe(someJob().runId);
    expect(fakes.store.visible).toEqual(new Set());
  });

  it('continues without the database while no result depends on it', async () => {
    const fakes = fakeServices(
      fakeEngine(FRAMES, async () => {
        fakes.jobs.lostRequests.push(new Error('the database is away'));
        await fakes.renewLeases();
      }),
    );
    await processFile(processFileEvent(), fakes.services, LIMITS);
    expect(fakes.jobs.types).toEqual(STARTED_AND_DONE);
    expect(fakes.logged).toContain('Lease not renewed');
  });

  it('ends without an outcome when it is stopped, and leaves the attempt to the next delivery', async () => {
    const stopping = new AbortController();
    const fakes = fakeServices(
      fakeEngine(FRAMES, ({ index }) => (index === 1 ? stopping.abort() : undefined)),
    );
    const event = processFileEvent();
    const limits = { ...LIMITS, stopping: stopping.signal };
    await expect(processFile(event, fakes.services, limits)).rejects.toThrow(AttemptStoppedError);
    expect(fakes.jobs.types).toEqual(['EXTRACTION_STARTED']);
    expect(fakes.jobs.job).toMatchObject({ status: 'RUNNING', leaseExpiresAt: null });
    await processFile(event, fakes.services, LIMITS);
    expect(fakes.jobs.types).toEqual(['EXTRACTION_STARTED', ...STARTED_AND_DONE]);
  });

  it('keeps a result that it had before it was stopped', async () => {
    const stopping = new AbortController();
    const fakes = fakeServices(fakeEngine(FRAMES));
    fakes.store.onPublish = () => stopping.abort();
    await processFile(processFileEvent(), fakes.services, { ...LIMITS, stopping: stopping.signal });
    expect(fakes.jobs.types).toEqual(STARTED_AND_DONE);
  });
});

describe('a database connection that breaks', () => {
  const broken = () => new Error('Connection terminated unexpectedly');

  it('at the last write, throws no finished extraction away', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES));
    fakes.store.onPublish = () => fakes.jobs.lostRequests.push(broken());
    await processFile(processFileEvent(), fakes.services, LIMITS);
    expect(fakes.jobs.types).toEqual(STARTED_AND_DONE);
    expect(fakes.jobs.lostRequests).toEqual([]);
  });

  it('with the answer to the last write lost, writes the result once and keeps it', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES));
    fakes.store.onPublish = () => fakes.jobs.lostAnswers.push(broken());
    await processFile(processFileEvent(), fakes.services, LIMITS);
    expect(fakes.jobs.types).toEqual(STARTED_AND_DONE);
    expect(fakes.jobs.lostAnswers).toEqual([]);
    expect(fakes.store.discardedRuns).toBe(0);
    expect(fakes.logged).toContain('Attempt done');
  });

  it('with the answer to the failure lost, writes the failure once', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES));
    const event = processFileEvent();
    fakes.store.failure = new Error('S3 is down');
    fakes.store.onAbort = () => fakes.jobs.lostAnswers.push(broken());
    await processFile(event, fakes.services, LIMITS);
    expect(fakes.jobs.events).toEqual([startOf(event), failureOf(event, 'INTERNAL', 2)]);
    expect(fakes.jobs.lostAnswers).toEqual([]);
    expect(fakes.logged).not.toContain('Run fenced off');
  });

  it('with the answer to the claim lost, leaves the run its own claim', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES));
    fakes.jobs.lostAnswers.push(broken());
    await processFile(processFileEvent(), fakes.services, LIMITS);
    expect(fakes.jobs.types).toEqual(STARTED_AND_DONE);
  });

  it('before the ZIP becomes visible, fails no attempt', async () => {
    const fakes = fakeServices(
      fakeEngine(FRAMES, ({ index }) => {
        if (index === 2) fakes.jobs.lostRequests.push(broken());
      }),
    );
    await processFile(processFileEvent(), fakes.services, LIMITS);
    expect(fakes.jobs.types).toEqual(STARTED_AND_DONE);
    expect(fakes.jobs.lostRequests).toEqual([]);
  });

  it('for longer than the attempt may take, gives the message back', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES));
    fakes.store.onPublish = () => {
      fakes.passDeadlines();
      fakes.jobs.lostRequests.push(broken());
    };
    await expect(processFile(processFileEvent(), fakes.services, LIMITS)).rejects.toThrow('terminated');
    expect(fakes.store.discardedRuns).toBe(0);
  });
});

describe('an order of a finished attempt', () => {
  it('gets the result again, without work', async () => {
    const engine = fakeEngine(FRAMES);
    const fakes = fakeServices(engine);
    const event = processFileEvent();
    await processFile(event, fakes.services, LIMITS);
    const [again, later] = [processFileEvent(1, event), processFileEvent(2, event)];
    await processFile(again, fakes.services, LIMITS);
    await processFile(later, fakes.services, LIMITS);
    const [started, processed, ...repeated] = fakes.jobs.events;
    expect([started?.type, processed?.type]).toEqual(STARTED_AND_DONE);
    if (processed?.type !== 'FILE_PROCESSED') throw new Error(`${processed?.type} was emitted`);
    expect(repeated).toEqual([
      answerTo(again, 'FILE_PROCESSED', processed.payload, 3),
      answerTo(later, 'FILE_PROCESSED', { ...processed.payload, attempt: 2 }, 4),
    ]);
    expect(engine.closed).toBe(1);
  });
});

describe('buryAttempt', () => {
  it('fails an attempt that no run took on, so that the saga goes on', async () => {
    const { services, jobs } = fakeServices(fakeEngine(FRAMES));
    const event = processFileEvent(1);
    expect(await buryAttempt(event, services)).toBe(true);
    expect(jobs.events).toEqual([failureOf(event, 'INTERNAL', 1)]);
    expect(jobs.job).toMatchObject({
      attempt: 1,
      status: 'FAILED',
      commandId: event.id,
      finishedAt: SOME_TIME,
    });
  });

  it.each([
    ['a run works on', someJob(LEASED)],
    ['is done', someJob({ status: 'DONE' })],
    ['was followed by another', someJob({ attempt: 2 })],
    ['belongs to a discarded video', someJob({ attempt: 0, status: 'DISCARDED', runId: null })],
  ])('leaves an attempt alone that %s', async (_, job) => {
    const { services, jobs } = fakeServices(fakeEngine(FRAMES));
    const event = processFileEvent(1);
    jobs.job = { ...job, commandId: event.id, finishedAt: SOME_TIME };
    const before = { ...jobs.job };
    expect(await buryAttempt(event, services)).toBe(false);
    expect(jobs).toMatchObject({ job: before, events: [] });
  });
});

describe('discardFile', () => {
  it('removes the output and stops every later attempt', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES));
    const event = processFileEvent();
    await processFile(event, fakes.services, LIMITS);
    const discard = someEvent('DISCARD_FILE', { reason: 'DELETED' }, event);
    await discardFile(discard, fakes.services);
    await discardFile(discard, fakes.services);
    expect(fakes.store.visible).toEqual(new Set());
    await processFile(processFileEvent(2, event), fakes.services, LIMITS);
    expect(fakes.jobs.types).toEqual(STARTED_AND_DONE);
    expect(fakes.store.visible).toEqual(new Set());
  });
});

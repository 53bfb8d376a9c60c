import { describe, expect, it } from 'vitest';
import { ExtractionError } from '../../../../engine/index.ts';
import { buryAttempt } from '../../../../functions/process/core/bury-attempt.ts';
import { discardFile } from '../../../../functions/process/core/discard-file.ts';
import { AttemptStoppedError, processFile } from '../../../../functions/process/core/process-file.ts';
import { someEvent } from '../../../support/events.ts';
import {
  fakeEngine,
  fakeServices,
  processFileEvent,
  SOME_TIME,
  someFrame,
  someJob,
  someRunId,
} from '../../../support/process.ts';

const FRAMES = [0, 1, 2].map(someFrame);
const LIMITS = { budgetSeconds: 60 };

describe('processFile', () => {
  it('writes every frame, then the ZIP, and says what it delivered and how long it took', async () => {
    const engine = fakeEngine(FRAMES, () => {
      fakes.clock.seconds += 1;
    });
    const fakes = fakeServices(engine);
    const event = processFileEvent();
    await processFile(event, fakes.services, LIMITS);
    expect(fakes.jobs.completed).toEqual([
      {
        storageKey: `users/${event.userId}/videos/${event.sagaId}/results/${someRunId(1)}/frames.zip`,
        manifestKey: `users/${event.userId}/videos/${event.sagaId}/results/${someRunId(1)}/frames/manifest.json`,
        ...{
          sizeBytes: 100,
          sha256: 'b'.repeat(64),
          framesExpected: 3,
          framesDelivered: 3,
          extractionSeconds: 3,
          engine: 'fake',
        },
      },
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
    expect(fakes.jobs.completed).toHaveLength(1);
  });

  it('runs an attempt again whose run left no result', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES));
    fakes.jobs.job = someJob();
    await processFile(processFileEvent(1), fakes.services, LIMITS);
    expect(fakes.jobs.completed).toHaveLength(1);
  });

  it('fails with the engine’s code and publishes no ZIP, and removes its frames', async () => {
    const engine = fakeEngine(FRAMES, ({ index }) => {
      if (index === 2) throw new ExtractionError('CORRUPT_VIDEO');
    });
    const fakes = fakeServices(engine);
    await processFile(processFileEvent(), fakes.services, LIMITS);
    expect(fakes.jobs.failed).toEqual(['CORRUPT_VIDEO']);
    expect(fakes.store.visible).toEqual(new Set());
    expect(fakes.store.aborted).toBe(1);
    expect(engine.closed).toBe(1);
    expect(fakes.progress.at(-1)).toBe('cleared');
  });

  it('fails when fewer frames come than were announced', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES, undefined, 4));
    await processFile(processFileEvent(), fakes.services, LIMITS);
    expect(fakes.jobs.failed).toEqual(['CORRUPT_VIDEO']);
    expect(fakes.store.manifest).toBeUndefined();
  });

  it('fails with INTERNAL when the store fails', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES));
    fakes.store.failure = new Error('S3 is down');
    await processFile(processFileEvent(), fakes.services, LIMITS);
    expect(fakes.jobs.failed).toEqual(['INTERNAL']);
  });

  it('fails with PROCESSING_TIMEOUT past its deadline, whatever broke first', async () => {
    const fakes = fakeServices(
      fakeEngine(FRAMES, ({ index }) => {
        if (index !== 1) return;
        fakes.passDeadlines();
        throw new Error('the read was aborted');
      }),
    );
    await processFile(processFileEvent(), fakes.services, LIMITS);
    expect(fakes.jobs.failed).toEqual(['PROCESSING_TIMEOUT']);
  });

  it('removes its own output when another run has taken over, and says nothing', async () => {
    const fakes = fakeServices(
      fakeEngine(FRAMES, () => {
        fakes.jobs.job = someJob({ attempt: 2, leased: true });
      }),
    );
    await processFile(processFileEvent(), fakes.services, LIMITS);
    expect(fakes.jobs.completed).toEqual([]);
    expect(fakes.jobs.failed).toEqual([]);
    expect(fakes.store.manifest).toBeUndefined();
    expect(fakes.store.discardedRuns).toBe(1);
  });

  it('gives up at its next sign of life and cleans up when the video is discarded meanwhile', async () => {
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
    expect(fakes.jobs.failed).toEqual([]);
    expect(fakes.store.visible).toEqual(new Set());
  });

  it('removes what a dead run left behind when its video was discarded before', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES));
    fakes.jobs.job = someJob({ status: 'DELETED', runId: null });
    fakes.store.visible.add('frames.zip');
    await processFile(processFileEvent(), fakes.services, LIMITS);
    expect(fakes.store.visible).toEqual(new Set());
    expect(fakes.jobs.completed).toEqual([]);
  });
});

describe('a run and its lease', () => {
  it('gives no sign of life any more once it has ended, whichever way', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES));
    await processFile(processFileEvent(), fakes.services, LIMITS);
    fakes.store.failure = new Error('S3 is down');
    await processFile(processFileEvent(2), fakes.services, LIMITS);
    expect(fakes.renewals.size).toBe(0);
  });

  it('is not taken over by a second delivery while it lives', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES));
    fakes.jobs.job = someJob({ leased: true });
    await processFile(processFileEvent(1), fakes.services, LIMITS);
    expect(fakes.jobs.job.runId).toBe(someJob().runId);
    expect(fakes.store.visible).toEqual(new Set());
  });

  it('outlasts a database that is away while nothing depends on it', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES, () => fakes.renewLeases().then(() => undefined)));
    fakes.jobs.renew = () => Promise.reject(new Error('the database is away'));
    await processFile(processFileEvent(), fakes.services, LIMITS);
    expect(fakes.jobs.completed).toHaveLength(1);
    expect(fakes.logged).toContain('Lease not renewed');
  });

  it('ends without a verdict when it is stopped, and leaves the attempt to its next delivery', async () => {
    const stopping = new AbortController();
    const fakes = fakeServices(
      fakeEngine(FRAMES, ({ index }) => (index === 1 ? stopping.abort() : undefined)),
    );
    const event = processFileEvent();
    const limits = { ...LIMITS, stopping: stopping.signal };
    await expect(processFile(event, fakes.services, limits)).rejects.toThrow(AttemptStoppedError);
    expect(fakes.jobs.failed).toEqual([]);
    await processFile(event, fakes.services, LIMITS);
    expect(fakes.jobs.completed).toHaveLength(1);
  });

  it('keeps a result that it had before it was stopped', async () => {
    const stopping = new AbortController();
    const fakes = fakeServices(fakeEngine(FRAMES));
    const { begin } = fakes.store;
    fakes.store.begin = () => {
      const output = begin.call(fakes.store);
      return {
        ...output,
        publish: (manifest) => {
          stopping.abort();
          return output.publish(manifest);
        },
      };
    };
    await processFile(processFileEvent(), fakes.services, { ...LIMITS, stopping: stopping.signal });
    expect(fakes.jobs.completed).toHaveLength(1);
  });
});

describe('a database connection that breaks', () => {
  const broken = () => new Error('Connection terminated unexpectedly');

  it('at the last write, throws no finished extraction away', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES));
    const { complete } = fakes.jobs;
    let tries = 0;
    fakes.jobs.complete = async (...args) => {
      tries += 1;
      if (tries === 1) throw broken();
      return complete.call(fakes.jobs, ...args);
    };
    await processFile(processFileEvent(), fakes.services, LIMITS);
    expect(fakes.jobs.completed).toHaveLength(1);
    expect(tries).toBe(2);
  });

  it('with the answer to the last write lost, writes the result once and keeps it', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES));
    const claim = fakes.jobs.claim.bind(fakes.jobs);
    fakes.jobs.claim = async (...args) => {
      const claimed = await claim(...args);
      fakes.jobs.lostAnswers = [broken()];
      return claimed;
    };
    await processFile(processFileEvent(), fakes.services, LIMITS);
    expect(fakes.jobs.completed).toHaveLength(1);
    expect(fakes.store.discardedRuns).toBe(0);
    expect(fakes.logged).toContain('Attempt done');
  });

  it('with the answer to the claim lost, leaves the run its own claim', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES));
    fakes.jobs.lostAnswers = [broken()];
    await processFile(processFileEvent(), fakes.services, LIMITS);
    expect(fakes.jobs.completed).toHaveLength(1);
  });

  it('before the ZIP becomes visible, fails no attempt', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES));
    const fateOf = fakes.jobs.fateOf.bind(fakes.jobs);
    let tries = 0;
    fakes.jobs.fateOf = async (claim) => {
      tries += 1;
      if (tries === 1) throw broken();
      return fateOf(claim);
    };
    await processFile(processFileEvent(), fakes.services, LIMITS);
    expect(fakes.jobs.failed).toEqual([]);
    expect(fakes.jobs.completed).toHaveLength(1);
  });

  it('for longer than the attempt may take, gives the message back', async () => {
    const fakes = fakeServices(fakeEngine(FRAMES));
    fakes.jobs.complete = async () => {
      fakes.passDeadlines();
      throw broken();
    };
    await expect(processFile(processFileEvent(), fakes.services, LIMITS)).rejects.toThrow('terminated');
    expect(fakes.store.discardedRuns).toBe(0);
  });
});

describe('an order of a finished attempt', () => {
  it('gets the result told again, without work', async () => {
    const engine = fakeEngine(FRAMES);
    const fakes = fakeServices(engine);
    const event = processFileEvent();
    await processFile(event, fakes.services, LIMITS);
    await processFile(processFileEvent(1, event), fakes.services, LIMITS);
    await processFile(processFileEvent(2, event), fakes.services, LIMITS);
    expect(fakes.jobs.repeated).toEqual([1, 2]);
    expect(fakes.jobs.completed).toHaveLength(1);
    expect(engine.closed).toBe(1);
  });
});

describe('buryAttempt', () => {
  it('fails an attempt that no run took on, so that the saga goes on', async () => {
    const { services, jobs } = fakeServices(fakeEngine(FRAMES));
    expect(await buryAttempt(processFileEvent(1), services)).toBe(true);
    expect(jobs.failed).toEqual(['INTERNAL']);
  });

  it.each([
    ['a run works on', someJob({ leased: true })],
    ['is done', someJob({ status: 'DONE' })],
    ['was followed by another', someJob({ attempt: 2 })],
    ['belongs to a discarded video', someJob({ attempt: 0, status: 'DISCARDED', runId: null })],
  ])('leaves an attempt alone that %s', async (_, job) => {
    const { services, jobs } = fakeServices(fakeEngine(FRAMES));
    const event = processFileEvent(1);
    jobs.job = { ...job, commandId: event.id, toldAt: SOME_TIME };
    const before = { ...jobs.job };
    expect(await buryAttempt(event, services)).toBe(false);
    expect(jobs).toMatchObject({ job: before, failed: [] });
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
    expect(fakes.jobs.completed).toHaveLength(1);
    expect(fakes.store.visible).toEqual(new Set());
  });
});

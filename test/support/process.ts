import type { SagaEventOf } from '../../functions/contracts/events.ts';
import type { FailureCode } from '../../functions/contracts/failures.ts';
import type { Manifest } from '../../functions/contracts/manifest.ts';
import { decideClaim, decideFate, type Job } from '../../functions/process/core/attempts.ts';
import type {
  AttemptResult,
  Claim,
  ExtractionEngine,
  ExtractionRequest,
  FrameOutput,
  FrameStore,
  JobRepository,
} from '../../functions/process/core/ports.ts';
import type { ProcessServices } from '../../functions/process/core/process-file.ts';
import type { ExtractedFrame } from '../../functions/process/core/video.ts';
import { someEvent, someOrigin, someSource } from './events.ts';

export const processFileEvent = (attempt = 1, origin = someOrigin()): SagaEventOf<'PROCESS_FILE'> =>
  someEvent('PROCESS_FILE', { attempt, target: 'lambda', source: someSource() }, origin);

/** A frame of an imaginary video. */
export const someFrame = (index: number): ExtractedFrame => ({
  index,
  requestedTimeSeconds: index * 10,
  timeSeconds: index * 10,
  width: 320,
  height: 240,
  jpeg: Uint8Array.of(index),
  substituted: false,
});

/** Jobs in memory, by the same decisions as the real ones. */
export class FakeJobs implements JobRepository {
  job: Job | undefined;
  completed: AttemptResult[] = [];
  failed: FailureCode[] = [];
  #runs = 0;

  async claim(event: Claim['event']) {
    const decision = decideClaim(this.job, event.payload.attempt);
    if (decision !== 'run') return decision;
    this.#runs += 1;
    const runId = `run-${this.#runs}`;
    this.job = { attempt: event.payload.attempt, status: 'RUNNING', runId, leased: true };
    return { event, runId };
  }

  async fateOf({ runId }: Claim) {
    return decideFate(this.job, runId);
  }

  async renew(claim: Claim) {
    return this.fateOf(claim);
  }

  async release(claim: Claim) {
    if (this.job && (await this.fateOf(claim)) === 'current') this.job = { ...this.job, leased: false };
  }

  async complete(claim: Claim, result: AttemptResult) {
    if ((await this.fateOf(claim)) !== 'current' || !this.job) return false;
    this.job = { ...this.job, status: 'DONE' };
    this.completed.push(result);
    return true;
  }

  async fail(claim: Claim, code: FailureCode) {
    if ((await this.fateOf(claim)) !== 'current' || !this.job) return false;
    this.job = { ...this.job, status: 'FAILED' };
    this.failed.push(code);
    return true;
  }

  async markDiscarded({ payload }: SagaEventOf<'DISCARD_FILE'>) {
    const status = payload.reason === 'DELETED' ? 'DELETED' : 'DISCARDED';
    this.job = { attempt: 0, runId: null, status, leased: false };
  }

  async recordDiscarded() {}
}

/** A store that remembers what is visible in it. */
export class FakeStore implements FrameStore {
  visible = new Set<string>();
  manifest: Manifest | undefined;
  aborted = 0;
  /** Thrown when a frame is added. */
  failure: Error | undefined;

  openSource(event: Claim['event']) {
    const { fileName: name, sizeBytes, etag } = event.payload.source;
    return {
      ...{ name, sizeBytes, etag },
      read: async () => new Uint8Array(),
      stream: async function* () {},
      sha256: async () => 'f'.repeat(64),
    };
  }

  begin(): FrameOutput {
    return {
      add: async (fileName) => {
        if (this.failure) throw this.failure;
        this.visible.add(fileName);
        return 'a'.repeat(64);
      },
      publish: async (manifest) => {
        this.manifest = manifest;
        this.visible.add('frames.zip');
        return { sizeBytes: 100, sha256: 'b'.repeat(64) };
      },
      abort: async () => {
        this.aborted += 1;
      },
    };
  }

  async discardOutput() {
    this.visible.clear();
  }
}

/** An engine that delivers these frames; `before` runs before each. Like a real one it ends when it is told to. */
export const fakeEngine = (
  frames: readonly ExtractedFrame[],
  before: (frame: ExtractedFrame) => Promise<void> | void = () => undefined,
  framesExpected = frames.length,
): ExtractionEngine & { closed: number } => {
  const engine = {
    name: 'fake',
    closed: 0,
    open: async ({ signal }: ExtractionRequest) => ({
      summary: {
        ...{ container: 'mp4' as const, codec: 'h264', durationSeconds: 34.5, width: 320, height: 240 },
        framesExpected,
      },
      frames: async function* () {
        for (const frame of frames) {
          await before(frame);
          signal.throwIfAborted();
          yield frame;
        }
      },
      close: async () => {
        engine.closed += 1;
      },
    }),
  };
  return engine;
};

/** Services around the fakes, with a clock that stands unless it is moved. */
export const fakeServices = (engine: ExtractionEngine) => {
  const clock = { seconds: 0 };
  const jobs = new FakeJobs();
  const store = new FakeStore();
  const progress: string[] = [];
  const services: ProcessServices = {
    engine,
    jobs,
    store,
    progress: {
      report: (_, done, expected) => {
        progress.push(`${done}/${expected}`);
      },
      clear: async () => {
        progress.push('cleared');
      },
    },
    monotonicSeconds: () => clock.seconds,
    startDeadline: (_, reason) => {
      const controller = new AbortController();
      deadlines.push(() => controller.abort(reason));
      return { signal: controller.signal, clear: () => undefined };
    },
    observe: (outcome) => {
      observed.push(outcome);
    },
    renewalSeconds: 10,
    startRepetition: (_, task) => {
      renewals.add(task);
      return { stop: () => renewals.delete(task) };
    },
    log: (_, message) => {
      logged.push(message);
    },
  };
  const observed: Parameters<ProcessServices['observe']>[0][] = [];
  const logged: string[] = [];
  const deadlines: (() => void)[] = [];
  const renewals = new Set<() => Promise<void>>();
  const passDeadlines = () => {
    for (const pass of deadlines) pass();
  };
  /** Lets every run give its sign of life now. */
  const renewLeases = () => Promise.all([...renewals].map((renew) => renew()));
  return { services, jobs, store, progress, clock, logged, observed, renewals, passDeadlines, renewLeases };
};

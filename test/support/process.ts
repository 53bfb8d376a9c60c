import type { ExtractedFrame, ExtractionEngine, ExtractionRequest } from '../../engine/index.ts';
import type { SagaEventOf } from '../../functions/contracts/events.ts';
import type { FailureCode } from '../../functions/contracts/failures.ts';
import { type EventId, RunId } from '../../functions/contracts/ids.ts';
import type { Manifest } from '../../functions/contracts/manifest.ts';
import { decideClaim, decideFate, type Job } from '../../functions/process/core/attempts.ts';
import type {
  AttemptResult,
  Claim,
  FrameOutput,
  FrameStore,
  JobRepository,
  NewRun,
} from '../../functions/process/core/ports.ts';
import type { ProcessServices } from '../../functions/process/core/process-services.ts';
import { whileUnavailable } from '../../functions/shared/database/while-unavailable.ts';
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

/** Before the events of `someEvent`. */
export const SOME_TIME = new Date('2025-12-31T00:00:00.000Z');

/** A run's id, always the same for the same number. */
export const someRunId = (number: number): RunId =>
  RunId.parse(`00000000-0000-4000-8000-${String(number).padStart(12, '0')}`);

/** A job whose run died without a result, changed as the test wants. */
export const someJob = (change: Partial<Job> = {}): Job => ({
  ...{
    attempt: 1,
    status: 'RUNNING',
    runId: someRunId(99),
    commandId: null,
    leased: false,
    toldAt: null,
  },
  ...change,
});

/** Jobs in memory, by the same decisions as the real ones. */
export class FakeJobs implements JobRepository {
  job: Job | undefined;
  completed: AttemptResult[] = [];
  failed: FailureCode[] = [];
  /** Attempts whose outcome was told again. */
  repeated: number[] = [];
  /** Thrown by the next calls, one each, after they were carried out. */
  lostAnswers: Error[] = [];

  async claim(event: Claim['event'], { runId }: NewRun) {
    const decision = this.#decide(event, runId);
    if (decision === 'own') return { event, runId };
    if (decision !== 'run') return decision;
    const { attempt } = event.payload;
    this.job = someJob({ attempt, runId, commandId: event.id, leased: true });
    this.#answer();
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
    if (!this.#finish(claim, 'DONE')) return this.#isWritten(claim, 'DONE');
    this.completed.push(result);
    this.#answer();
    return true;
  }

  async fail(claim: Claim, code: FailureCode) {
    if (!this.#finish(claim, 'FAILED')) return this.#isWritten(claim, 'FAILED');
    this.failed.push(code);
    this.#answer();
    return true;
  }

  async failUnclaimed(event: Claim['event'], code: FailureCode) {
    if (this.#decide(event, null) !== 'run') return false;
    const { attempt } = event.payload;
    this.job = someJob({ attempt, status: 'FAILED', runId: null, commandId: event.id, toldAt: SOME_TIME });
    this.failed.push(code);
    return true;
  }

  async markDiscarded({ payload }: SagaEventOf<'DISCARD_FILE'>) {
    this.job = someJob({
      ...{ attempt: 0, runId: null, status: payload.reason === 'DELETED' ? 'DELETED' : 'DISCARDED' },
    });
  }

  async recordDiscarded() {}

  #decide(event: Claim['event'], runId: RunId | null) {
    const { attempt } = event.payload;
    const commandId: EventId = event.id;
    const orderedAt = new Date(event.occurredAt);
    const decision = decideClaim(this.job, { attempt, commandId, runId, orderedAt });
    if (decision !== 'repeat') return decision;
    if (!this.job) return 'finished';
    this.job = { ...this.job, attempt, commandId };
    this.repeated.push(attempt);
    return 'repeated';
  }

  #finish({ runId }: Claim, status: Job['status']): boolean {
    if (decideFate(this.job, runId) !== 'current' || !this.job) return false;
    this.job = { ...this.job, status, toldAt: SOME_TIME };
    return true;
  }

  #isWritten({ runId }: Claim, status: Job['status']): boolean {
    return this.job?.status === status && this.job.runId === runId;
  }

  #answer(): void {
    const lost = this.lostAnswers.shift();
    if (lost) throw lost;
  }
}

/** A store that remembers what is visible in it. */
export class FakeStore implements FrameStore {
  visible = new Set<string>();
  manifest: Manifest | undefined;
  aborted = 0;
  discardedRuns = 0;
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

  async discardRun() {
    this.discardedRuns += 1;
    this.visible.clear();
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
    newRunId: () => {
      runs += 1;
      return someRunId(runs);
    },
    persist: (work, limit) => whileUnavailable(work, limit, 0),
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
  let runs = 0;
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

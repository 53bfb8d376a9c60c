import type { ExtractedFrame, ExtractionEngine, ExtractionRequest } from '../../engine/index.ts';
import type { SagaEvent, SagaEventOf, SagaEventType } from '../../functions/contracts/events.ts';
import { FAILURES, type FailureCode } from '../../functions/contracts/failures.ts';
import { RunId, type VideoId } from '../../functions/contracts/ids.ts';
import type { Manifest } from '../../functions/contracts/manifest.ts';
import { type Job, NEW_JOB } from '../../functions/process/core/job.ts';
import type { JobDecision } from '../../functions/process/core/job-decision.ts';
import type {
  Decide,
  FrameOutput,
  FrameStore,
  HashedVideoSource,
  JobRepository,
} from '../../functions/process/core/ports.ts';
import type { AttemptOutcome, ProcessServices } from '../../functions/process/core/process-services.ts';
import { whileUnavailable } from '../../functions/shared/database/while-unavailable.ts';
import { someEvent, someOrigin, someSource } from './events.ts';
import { STAMPED_AT, someStamp, stampsInOrder } from './stamps.ts';

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

/** A time before the events of `someEvent`. */
export const SOME_TIME = new Date('2025-12-31T00:00:00.000Z');

/** A run's id, always the same for the same number. */
export const someRunId = (number: number): RunId =>
  RunId.parse(`00000000-0000-4000-8000-${String(number).padStart(12, '0')}`);

/** A lease that has not lapsed at `SOME_TIME`. */
export const LEASED = { leaseExpiresAt: new Date(SOME_TIME.getTime() + 60_000) };

/** A job whose run died without a result, changed as the test wants. */
export const someJob = (change: Partial<Job> = {}): Job => ({
  ...NEW_JOB,
  ...{ attempt: 1, status: 'RUNNING', runId: someRunId(99) },
  ...change,
});

/** Jobs in memory, all of one video, with the events that were emitted; the database's time stands at `SOME_TIME`. */
export class FakeJobs implements JobRepository {
  job: Job | undefined;
  readonly events: SagaEvent[] = [];
  /** Thrown by the next calls, one each, before they do anything. */
  lostRequests: Error[] = [];
  /** Thrown by the next changes, one each, after they were stored. */
  lostAnswers: Error[] = [];

  async find() {
    this.#lose(this.lostRequests);
    return this.job;
  }

  async change<Answer>(_: VideoId, decide: Decide<Job | undefined, Answer>) {
    this.#lose(this.lostRequests);
    return this.#store(decide(this.job, SOME_TIME), this.job);
  }

  async changeOrCreate<Answer>(_: VideoId, decide: Decide<Job, Answer>) {
    this.#lose(this.lostRequests);
    const job = this.job ?? NEW_JOB;
    return this.#store(decide(job, SOME_TIME), job);
  }

  async recordDiscarded() {}

  /** The types of the emitted events, in order. */
  get types(): SagaEventType[] {
    return this.events.map(({ type }) => type);
  }

  #store<Answer>({ answer, change, events }: JobDecision<Answer>, job: Job | undefined): Answer {
    this.job = job && { ...job, ...change };
    this.events.push(...events);
    if (change) this.#lose(this.lostAnswers);
    return answer;
  }

  #lose(errors: Error[]): void {
    const error = errors.shift();
    if (error) throw error;
  }
}

/** The whole event that answers an order, with the stamp of this number. */
export const answerTo = <const Type extends SagaEventType>(
  { id, sagaId, userId, correlationId }: SagaEventOf<'PROCESS_FILE'>,
  type: Type,
  payload: SagaEventOf<Type>['payload'],
  stampNumber: number,
) => ({
  id: someStamp(stampNumber).id,
  type,
  version: 1,
  occurredAt: STAMPED_AT.toISOString(),
  ...{ sagaId, userId, correlationId, causationId: id, payload },
});

/** The whole EXTRACTION_STARTED of an order. */
export const startOf = (order: SagaEventOf<'PROCESS_FILE'>, stampNumber = 1) => {
  const { attempt, target } = order.payload;
  return answerTo(order, 'EXTRACTION_STARTED', { attempt, target }, stampNumber);
};

/** The whole FILE_FAILED of an order. */
export const failureOf = (order: SagaEventOf<'PROCESS_FILE'>, code: FailureCode, stampNumber: number) =>
  answerTo(order, 'FILE_FAILED', { attempt: order.payload.attempt, code, ...FAILURES[code] }, stampNumber);

/** A store that remembers what is visible in it. */
export class FakeStore implements FrameStore {
  visible = new Set<string>();
  manifest: Manifest | undefined;
  aborted = 0;
  discardedRuns = 0;
  /** Thrown when a frame is added. */
  failure: Error | undefined;
  /** Called when the ZIP has become visible. */
  onPublish: () => void = () => undefined;
  /** Called when an output was aborted. */
  onAbort: () => void = () => undefined;

  openSource(event: SagaEventOf<'PROCESS_FILE'>): HashedVideoSource {
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
        this.onPublish();
        return { sizeBytes: 100, sha256: 'b'.repeat(64) };
      },
      abort: async () => {
        this.aborted += 1;
        this.onAbort();
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

/** An engine that delivers these frames; `before` runs before each. Like a real engine it ends when its signal aborts. */
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

/** Services around the fakes, with a clock that a test moves. */
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
    leaseSeconds: 30,
    stamp: stampsInOrder(),
    startRepetition: (_, task) => {
      renewals.add(task);
      return { stop: () => renewals.delete(task) };
    },
    log: (_, message) => {
      logged.push(message);
    },
  };
  let runs = 0;
  const observed: AttemptOutcome[] = [];
  const logged: string[] = [];
  const deadlines: (() => void)[] = [];
  const renewals = new Set<() => Promise<void>>();
  const passDeadlines = () => {
    for (const pass of deadlines) pass();
  };
  /** Lets every run renew its lease now. */
  const renewLeases = () => Promise.all([...renewals].map((renew) => renew()));
  return { services, jobs, store, progress, clock, logged, observed, renewals, passDeadlines, renewLeases };
};

import type { ProcessFile } from '../../contracts/events.ts';
import type { FailureCode } from '../../contracts/failures.ts';
import { MAX_FRAMES } from '../../contracts/limits.ts';
import type { ManifestFrame } from '../../contracts/manifest.ts';
import { manifestKey, type VideoObjects, zipKey } from '../../contracts/storage-keys.ts';
import { ExtractionError, failureCodeOf } from './errors.ts';
import { frameFileName } from './frame-file-name.ts';
import { buildManifest, manifestFrame } from './manifest.ts';
import type {
  AttemptResult,
  Claim,
  ClaimFate,
  Deadline,
  ExtractionEngine,
  ExtractionMeasures,
  FrameOutput,
  FrameStore,
  JobRepository,
  ProgressReporter,
  Repetition,
} from './ports.ts';

/** What the use cases of this context work with. */
export interface ProcessServices {
  engine: ExtractionEngine;
  store: FrameStore;
  jobs: JobRepository;
  progress: ProgressReporter;
  /** Seconds between two signs of life of a run; a fraction of its lease. */
  renewalSeconds: number;
  /** Seconds of a clock that never jumps. */
  monotonicSeconds(): number;
  /** A signal that aborts, with this reason, after so many seconds. */
  startDeadline(seconds: number, reason: Error): Deadline;
  /** Does something every so many seconds, never twice at once. */
  startRepetition(seconds: number, task: () => Promise<void>): Repetition;
  /** Told of the end of each attempt: its failure's code, or what the extraction took. */
  observe(outcome: { code: FailureCode } | ExtractionMeasures): void;
  /** What happens to an attempt, with ids, codes and counts only. */
  log(level: 'info' | 'warn', message: string, details: Record<string, unknown>): void;
}

/** How an attempt may be ended from outside. */
export interface AttemptLimits {
  /** How long the attempt may take before it fails with PROCESSING_TIMEOUT. */
  budgetSeconds: number;
  /** Aborts where whoever runs us has to stop: the attempt is then left to its next delivery. */
  stopping?: AbortSignal;
}

/** The run found that it is not the current one. */
class FencedOffError extends Error {
  readonly fate: ClaimFate;
  constructor(fate: ClaimFate) {
    super(`The run is ${fate}`);
    this.name = 'FencedOffError';
    this.fate = fate;
  }
}

/** The run was cut short by a stop: the message has to come again. */
export class AttemptStoppedError extends Error {
  constructor() {
    super('The attempt was stopped before it had a result');
    this.name = 'AttemptStoppedError';
  }
}

/**
 * PROCESS_FILE: does one attempt of the extraction. It ends in FILE_PROCESSED or FILE_FAILED, or silently where
 * another run or a discard has made it stale. A failure that may pass is reported as such at once. While it runs, it
 * holds a lease; should it die, the sweeper tells of it.
 *
 * @throws AttemptStoppedError where it was stopped, and whatever the job repository throws: without it nothing can be
 * said. The message must come again.
 */
export const processFile = async (
  event: ProcessFile,
  services: ProcessServices,
  { budgetSeconds, stopping }: AttemptLimits,
): Promise<void> => {
  const startedAt = services.monotonicSeconds();
  const claim = await services.jobs.claim(event);
  if (typeof claim === 'string') {
    services.log('info', 'Attempt not taken on', { ...idsOf(event), reason: claim });
    // A run of this video may have died after its discard had swept, leaving output behind.
    if (claim === 'discarded') await services.store.discardOutput(objectsOf(event));
    return;
  }
  services.log('info', 'Attempt taken on', { ...idsOf(event), target: event.payload.target });
  const deadline = services.startDeadline(budgetSeconds, new ExtractionError('PROCESSING_TIMEOUT'));
  const lease = keepLease(claim, services);
  const ends = [deadline.signal, lease.lost, ...(stopping ? [stopping] : [])];
  try {
    const outcome = await runAttempt(claim, services, AbortSignal.any(ends), startedAt);
    await recordOutcome(claim, stopping?.aborted ? stopped(outcome) : outcome, services);
  } finally {
    deadline.clear();
    lease.stop();
    await services.progress.clear(event.sagaId);
  }
};

type Outcome = { result: AttemptResult } | { error: unknown };

/** A result is a result, however late. */
const stopped = (outcome: Outcome): Outcome =>
  'result' in outcome ? outcome : { error: new AttemptStoppedError() };

/** Signs of life, and the word that nobody waits for this run any more. */
const keepLease = (
  claim: Claim,
  { jobs, startRepetition, renewalSeconds, log }: ProcessServices,
): { lost: AbortSignal; stop(): void } => {
  const lost = new AbortController();
  const renewal = startRepetition(renewalSeconds, async () => {
    try {
      const fate = await jobs.renew(claim);
      if (fate !== 'current') lost.abort(new FencedOffError(fate));
    } catch (error) {
      // The result, too, will need the database: it will tell then whether the run is still current.
      log('warn', 'Lease not renewed', { ...idsOf(claim.event), error });
    }
  });
  return { lost: lost.signal, stop: () => renewal.stop() };
};

const runAttempt = async (
  claim: Claim,
  services: ProcessServices,
  signal: AbortSignal,
  startedAt: number,
): Promise<Outcome> => {
  try {
    return { result: await extractToStore(claim, services, signal, startedAt) };
  } catch (error) {
    // Whatever broke first when the time was up (a read, a write, a child), the time is why.
    return { error: signal.aborted ? signal.reason : error };
  }
};

/**
 * What a failed attempt wrote is not removed: the next one writes the same keys, and a saga that gives up discards
 * them. Removing them here, a run that was paused meanwhile would remove its successor's.
 */
const recordOutcome = async (claim: Claim, outcome: Outcome, services: ProcessServices): Promise<void> => {
  const { jobs, store, log } = services;
  const ids = idsOf(claim.event);
  if ('result' in outcome) {
    if (await jobs.complete(claim, outcome.result)) {
      const measures = measuresOf(claim.event, outcome.result);
      services.observe(measures);
      return log('info', 'Attempt done', { ...ids, ...measures });
    }
  } else if (outcome.error instanceof AttemptStoppedError) {
    await jobs.release(claim);
    throw outcome.error;
  } else if (!(outcome.error instanceof FencedOffError)) {
    const code = failureCodeOf(outcome.error);
    log('warn', 'Attempt failed', { ...ids, engine: services.engine.name, code, error: outcome.error });
    if (await jobs.fail(claim, code)) return services.observe({ code });
  }
  const fate = await jobs.fateOf(claim);
  log('warn', 'Run fenced off', { ...ids, fate });
  // What a superseded run wrote belongs to its successor, which writes the same keys.
  if (fate === 'discarded') await store.discardOutput(objectsOf(claim.event));
};

const measuresOf = (event: ProcessFile, result: AttemptResult): ExtractionMeasures => {
  const { bytesRead = 0, requests = 0, engine, extractionSeconds, framesDelivered } = result;
  const sourceBytes = event.payload.source.sizeBytes;
  return { engine, bytesRead, requests, extractionSeconds, framesDelivered, sourceBytes };
};

const extractToStore = async (
  claim: Claim,
  services: ProcessServices,
  signal: AbortSignal,
  startedAt: number,
): Promise<AttemptResult> => {
  const { event } = claim;
  const video = objectsOf(event);
  const source = services.store.openSource(event);
  const { intervalSeconds } = event.payload.source;
  const extraction = await services.engine.open({ source, intervalSeconds, maxFrames: MAX_FRAMES, signal });
  try {
    const { summary } = extraction;
    const { framesExpected } = summary;
    services.progress.report(event.sagaId, 0, framesExpected);
    const output = services.store.begin(video, signal);
    // While frames are extracted; at once where the engine has read everything anyway.
    const hashing = new AbortController();
    const sourceSha256 = source.sha256(AbortSignal.any([signal, hashing.signal]));
    sourceSha256.catch(() => undefined);
    try {
      const frames = await writeFrames(claim, services, extraction.frames(), output, framesExpected);
      const usage = extraction.usage?.() ?? { engine: services.engine.name };
      const parts = { event, summary, usage, frames };
      const manifest = buildManifest({ ...parts, sourceSha256: await sourceSha256 });
      await requireCurrent(claim, services);
      signal.throwIfAborted();
      const zip = await output.publish(manifest);
      return {
        ...zip,
        storageKey: zipKey(video),
        manifestKey: manifestKey(video),
        framesExpected,
        framesDelivered: frames.length,
        extractionSeconds: services.monotonicSeconds() - startedAt,
        ...usage,
      };
    } catch (error) {
      hashing.abort(error);
      await output.abort();
      throw error;
    }
  } finally {
    await extraction.close();
  }
};

const writeFrames = async (
  claim: Claim,
  services: ProcessServices,
  extracted: ReturnType<Awaited<ReturnType<ExtractionEngine['open']>>['frames']>,
  output: FrameOutput,
  framesExpected: number,
): Promise<ManifestFrame[]> => {
  const frames: ManifestFrame[] = [];
  for await (const frame of extracted) {
    const sha256 = await output.add(frameFileName(frame.index, frame.timeSeconds), frame.jpeg);
    frames.push(manifestFrame(frame, sha256));
    services.progress.report(claim.event.sagaId, frames.length, framesExpected);
  }
  return frames;
};

const requireCurrent = async (claim: Claim, services: ProcessServices): Promise<void> => {
  const fate = await services.jobs.fateOf(claim);
  if (fate !== 'current') throw new FencedOffError(fate);
};

const objectsOf = (event: ProcessFile): VideoObjects => ({ userId: event.userId, videoId: event.sagaId });

const idsOf = ({ sagaId, correlationId, payload: { attempt } }: ProcessFile) => ({
  sagaId,
  correlationId,
  attempt,
});

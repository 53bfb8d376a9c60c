import type { ProcessFile } from '../../contracts/events.ts';
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
} from './ports.ts';

/** What the use cases of this context work with. */
export interface ProcessServices {
  engine: ExtractionEngine;
  store: FrameStore;
  jobs: JobRepository;
  progress: ProgressReporter;
  /** Seconds of a clock that never jumps. */
  monotonicSeconds(): number;
  /** A signal that aborts, with this reason, after so many seconds. */
  startDeadline(seconds: number, reason: Error): Deadline;
  /** Keeps what an extraction has cost. */
  meter(measures: ExtractionMeasures): void;
  /** Something that an operator should read of, with ids and codes only. */
  log(message: string, details: Record<string, unknown>): void;
}

/** How often, in seconds, a run looks whether it was fenced off. */
const FENCE_CHECK_SECONDS = 5;

/** The run found that it is not the current one. */
class FencedOffError extends Error {
  readonly fate: ClaimFate;
  constructor(fate: ClaimFate) {
    super(`The run is ${fate}`);
    this.name = 'FencedOffError';
    this.fate = fate;
  }
}

/**
 * PROCESS_FILE: does one attempt of the extraction. It ends in FILE_PROCESSED or FILE_FAILED, or silently where
 * another run or a discard has made it stale. A failure that may pass is reported as such at once.
 *
 * @param budgetSeconds how long the attempt may take before it fails with PROCESSING_TIMEOUT.
 * @throws whatever the job repository throws: without it nothing can be said, and the message must come again.
 */
export const processFile = async (
  event: ProcessFile,
  services: ProcessServices,
  budgetSeconds: number,
): Promise<void> => {
  const startedAt = services.monotonicSeconds();
  const claim = await services.jobs.claim(event);
  // A run of this video may have died after its discard had swept, leaving output behind.
  if (claim === 'discarded') return services.store.discardOutput(objectsOf(event));
  if (claim === 'finished') return;
  const deadline = services.startDeadline(budgetSeconds, new ExtractionError('PROCESSING_TIMEOUT'));
  try {
    const outcome = await runAttempt(claim, services, deadline.signal, startedAt);
    await recordOutcome(claim, outcome, services);
  } finally {
    deadline.clear();
    await services.progress.clear(event.sagaId);
  }
};

type Outcome = { result: AttemptResult } | { error: unknown };

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

const recordOutcome = async (claim: Claim, outcome: Outcome, services: ProcessServices): Promise<void> => {
  const ids = { sagaId: claim.event.sagaId, attempt: claim.event.payload.attempt };
  if ('result' in outcome) {
    if (await services.jobs.complete(claim, outcome.result)) return measure(claim, outcome.result, services);
  } else if (!(outcome.error instanceof FencedOffError)) {
    const code = failureCodeOf(outcome.error);
    services.log('Attempt failed', { ...ids, code, error: outcome.error });
    // Before the row changes: once FILE_FAILED is out, the next attempt writes to the same keys.
    if ((await services.jobs.fateOf(claim)) === 'current') await discardQuietly(claim, services);
    if (await services.jobs.fail(claim, code)) return;
  }
  const fate = await services.jobs.fateOf(claim);
  services.log('Run fenced off', { ...ids, fate });
  // What a superseded run wrote belongs to its successor, which writes the same keys.
  if (fate === 'discarded') await services.store.discardOutput(objectsOf(claim.event));
};

const measure = ({ event }: Claim, result: AttemptResult, services: ProcessServices): void => {
  const { bytesRead = 0, requests = 0, engine, extractionSeconds, framesDelivered } = result;
  const sourceBytes = event.payload.source.sizeBytes;
  services.meter({
    ...{ sagaId: event.sagaId, engine, bytesRead, requests, extractionSeconds, framesDelivered, sourceBytes },
  });
};

/** A failed clean-up is not worth losing the failure for: the discard, or the next attempt, cleans up again. */
const discardQuietly = async (claim: Claim, services: ProcessServices): Promise<void> => {
  try {
    await services.store.discardOutput(objectsOf(claim.event));
  } catch (error) {
    services.log('Partial output not removed', { sagaId: claim.event.sagaId, error });
  }
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
  let checkedAt = services.monotonicSeconds();
  for await (const frame of extracted) {
    const sha256 = await output.add(frameFileName(frame.index, frame.timeSeconds), frame.jpeg);
    frames.push(manifestFrame(frame, sha256));
    services.progress.report(claim.event.sagaId, frames.length, framesExpected);
    if (services.monotonicSeconds() - checkedAt < FENCE_CHECK_SECONDS) continue;
    await requireCurrent(claim, services);
    checkedAt = services.monotonicSeconds();
  }
  return frames;
};

const requireCurrent = async (claim: Claim, services: ProcessServices): Promise<void> => {
  const fate = await services.jobs.fateOf(claim);
  if (fate !== 'current') throw new FencedOffError(fate);
};

const objectsOf = (event: ProcessFile): VideoObjects => ({ userId: event.userId, videoId: event.sagaId });

import { frameFileName } from '../../../archive/frame-file-name.ts';
import { buildManifest, manifestFrame } from '../../../archive/manifest.ts';
import type { ExtractedFrame } from '../../../engine/pure.ts';
import type { ProcessFile } from '../../contracts/events.ts';
import { MAX_FRAMES } from '../../contracts/limits.ts';
import type { ManifestFrame } from '../../contracts/manifest.ts';
import { manifestKey, type RunObjects, type VideoObjects, zipKey } from '../../contracts/storage-keys.ts';
import { type ClaimFate, decideFate } from './attempts.ts';
import type { FrameOutput } from './ports.ts';
import type { ProcessServices } from './process-services.ts';
import type { AttemptResult, Claim } from './run.ts';

/** The run is not current any more. */
export class FencedOffError extends Error {
  readonly fate: ClaimFate;
  constructor(fate: ClaimFate) {
    super(`The run is ${fate}`);
    this.name = 'FencedOffError';
    this.fate = fate;
  }
}

/**
 * Extracts the frames of a claimed attempt into the store and makes its ZIP visible. Everything that it awaits ends
 * with `signal`.
 *
 * @returns the content of FILE_PROCESSED.
 * @throws FencedOffError where the run is not current when the ZIP is about to become visible; ExtractionError; the
 * signal's reason; whatever the store throws.
 */
export const runExtraction = async (
  claim: Claim,
  services: ProcessServices,
  signal: AbortSignal,
  startedAt: number,
): Promise<AttemptResult> => {
  const { event } = claim;
  const run = runObjectsOf(claim);
  const source = services.store.openSource(event);
  const { fileName, sizeBytes, intervalSeconds } = event.payload.source;
  const extraction = await services.engine.open({ source, intervalSeconds, maxFrames: MAX_FRAMES, signal });
  try {
    const { summary } = extraction;
    const { framesExpected } = summary;
    services.progress.report(event.sagaId, 0, framesExpected);
    const output = services.store.begin(run, signal);
    // Hashes while frames are extracted. Costs nothing where the engine has read the whole source anyway.
    const hashing = new AbortController();
    const sourceSha256 = source.sha256(AbortSignal.any([signal, hashing.signal]));
    sourceSha256.catch(() => undefined);
    try {
      const frames = await writeFrames(claim, services, extraction.frames(), output, framesExpected);
      const usage = extraction.usage?.() ?? { engine: services.engine.name };
      const manifest = buildManifest({
        ...{ videoId: event.sagaId, intervalSeconds, summary, usage, frames },
        source: { fileName, sizeBytes, sha256: await sourceSha256 },
      });
      await requireCurrent(claim, services, signal);
      signal.throwIfAborted();
      const zip = await output.publish(manifest);
      return {
        ...zip,
        storageKey: zipKey(run),
        manifestKey: manifestKey(run),
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
  extracted: AsyncIterable<ExtractedFrame>,
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

const requireCurrent = async (
  claim: Claim,
  services: ProcessServices,
  signal: AbortSignal,
): Promise<void> => {
  const fate = await fateOf(claim, services, signal);
  if (fate !== 'current') throw new FencedOffError(fate);
};

/** Asks for the state of a claim while `signal` lets it. */
export const fateOf = async (
  { event, runId }: Claim,
  { jobs, persist }: ProcessServices,
  signal: AbortSignal,
): Promise<ClaimFate> => decideFate(await persist(() => jobs.find(event.sagaId), signal), runId);

export const objectsOf = (event: ProcessFile): VideoObjects => ({
  userId: event.userId,
  videoId: event.sagaId,
});

export const runObjectsOf = ({ event, runId }: Claim): RunObjects => ({ ...objectsOf(event), runId });

export const idsOf = ({ sagaId, correlationId, payload: { attempt } }: ProcessFile) => ({
  sagaId,
  correlationId,
  attempt,
});

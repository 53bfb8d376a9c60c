import { createHash } from 'node:crypto';
import { buildManifest, manifestFrame, manifestText } from '../../archive/manifest.ts';
import type { Extraction, ExtractionEngine } from '../../engine/index.ts';
import { MAX_FRAMES } from '../../functions/contracts/limits.ts';
import type { Manifest, ManifestFrame } from '../../functions/contracts/manifest.ts';
import type { Target } from '../write/targets.ts';
import type { OpenedSource } from './opened-source.ts';

export interface ExtractFileOptions {
  source: OpenedSource;
  target: Target;
  engine: ExtractionEngine;
  intervalSeconds: number;
  signal: AbortSignal;
  onProgress(framesDone: number, framesExpected: number): void;
}

/** What was written. */
export interface ExtractedFile {
  manifest: Manifest;
  /** Of the ZIP, or of all files of the folder. */
  sizeBytes: number;
}

/**
 * Extracts the frames of one video into its target, with the manifest that the service would write: without a video's id,
 * and for a source that is not read whole without its SHA-256.
 *
 * @throws ExtractionError; CliError; the signal's reason. Then nothing is at the target.
 */
export const extractFile = async (options: ExtractFileOptions): Promise<ExtractedFile> => {
  const { source, engine, intervalSeconds, signal } = options;
  const opening = engine.open({ source, intervalSeconds, maxFrames: MAX_FRAMES, signal });
  // Loaded while the engine's child starts.
  const [writing, opened] = await Promise.allSettled([import('../write/frame-sink.ts'), opening]);
  if (opened.status === 'rejected') throw signal.aborted ? signal.reason : opened.reason;
  try {
    if (writing.status === 'rejected') throw writing.reason;
    return await writeFrames(opened.value, writing.value, options);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    await opened.value.close();
  }
};

const writeFrames = async (
  extraction: Extraction,
  { openSink }: typeof import('../write/frame-sink.ts'),
  { source, target, engine, intervalSeconds, signal, onProgress }: ExtractFileOptions,
): Promise<ExtractedFile> => {
  const { summary } = extraction;
  onProgress(0, summary.framesExpected);
  const hashing = new AbortController();
  // While frames are extracted.
  const hash = source.sha256(AbortSignal.any([signal, hashing.signal]));
  hash.catch(() => undefined);
  const sink = await openSink(target);
  try {
    const frames: ManifestFrame[] = [];
    for await (const frame of extraction.frames()) {
      const described = manifestFrame(frame, createHash('sha256').update(frame.jpeg).digest('hex'));
      await sink.add(described.fileName, frame.jpeg);
      frames.push(described);
      onProgress(frames.length, summary.framesExpected);
    }
    const usage = extraction.usage?.() ?? { engine: engine.name };
    const sha256 = await hash;
    const described = {
      fileName: source.name,
      sizeBytes: source.sizeBytes,
      ...(sha256 !== undefined && { sha256 }),
    };
    const manifest = buildManifest({ source: described, intervalSeconds, summary, usage, frames });
    signal.throwIfAborted();
    return { manifest, sizeBytes: await sink.commit(manifestText(manifest)) };
  } catch (error) {
    hashing.abort(error);
    await sink.abort();
    throw error;
  }
};

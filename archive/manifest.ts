import { type EngineUsage, type ExtractedFrame, ExtractionError, type VideoSummary } from '../engine/pure.ts';
import type { Manifest, ManifestFrame } from '../functions/contracts/manifest.ts';
import { frameFileName } from './frame-file-name.ts';

/** The manifest's name, in the ZIP and beside the frames. */
export const MANIFEST_FILE_NAME = 'manifest.json';

/** What the manifest says of a frame that was written. */
export const manifestFrame = (frame: ExtractedFrame, sha256: string): ManifestFrame => ({
  index: frame.index,
  fileName: frameFileName(frame.index, frame.timeSeconds),
  requestedTimeSeconds: frame.requestedTimeSeconds,
  timeSeconds: roundToMicroseconds(frame.timeSeconds),
  width: frame.width,
  height: frame.height,
  sizeBytes: frame.jpeg.byteLength,
  sha256,
  substituted: frame.substituted,
});

export interface ManifestParts {
  /** Absent where no service extracted the frames. */
  videoId?: string;
  source: ManifestSource;
  intervalSeconds: number;
  summary: VideoSummary;
  /** Counts only where the engine counts. */
  usage: Pick<EngineUsage, 'engine'> & Partial<EngineUsage>;
  frames: readonly ManifestFrame[];
}

/** What is known of the source before it is looked at. */
export interface ManifestSource {
  fileName: string;
  sizeBytes: number;
  /** In hex; absent where the source was not read whole. */
  sha256?: string;
}

/** The manifest of a complete set of frames. @throws ExtractionError when the set is not complete. */
export const buildManifest = (parts: ManifestParts): Manifest => {
  const { videoId, source, intervalSeconds, summary, usage, frames } = parts;
  requireComplete(summary.framesExpected, frames);
  return {
    version: 1,
    ...(videoId !== undefined && { videoId }),
    source: {
      fileName: source.fileName,
      sizeBytes: source.sizeBytes,
      ...(source.sha256 !== undefined && { sha256: source.sha256 }),
      container: summary.container,
      codec: summary.codec,
      durationSeconds: roundToMicroseconds(summary.durationSeconds),
      width: summary.width,
      height: summary.height,
    },
    intervalSeconds,
    ...usage,
    framesExpected: summary.framesExpected,
    framesDelivered: frames.length,
    frames: [...frames],
  };
};

/** The manifest as it is written to the ZIP and beside the frames. */
export const manifestText = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 2)}\n`;

/** A set is complete only with every frame, each in its place. */
const requireComplete = (expected: number, frames: readonly ManifestFrame[]): void => {
  const inOrder = frames.every((frame, position) => frame.index === position);
  if (expected < 1 || frames.length !== expected || !inOrder) {
    throw new ExtractionError('CORRUPT_VIDEO', `${frames.length} frames of ${expected} were delivered`);
  }
};

const roundToMicroseconds = (seconds: number): number => Math.round(seconds * 1e6) / 1e6;

import {
  type EngineUsage,
  type ExtractedFrame,
  ExtractionError,
  type VideoSummary,
} from '../../../engine/pure.ts';
import type { ProcessFile } from '../../contracts/events.ts';
import type { Manifest, ManifestFrame } from '../../contracts/manifest.ts';
import { frameFileName } from './frame-file-name.ts';

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
  event: ProcessFile;
  summary: VideoSummary;
  sourceSha256: string;
  /** Counts only where the engine counts. */
  usage: Pick<EngineUsage, 'engine'> & Partial<EngineUsage>;
  frames: readonly ManifestFrame[];
}

/** The manifest of a complete set of frames. @throws ExtractionError when the set is not complete. */
export const buildManifest = ({ event, summary, sourceSha256, usage, frames }: ManifestParts): Manifest => {
  requireComplete(summary.framesExpected, frames);
  const { source } = event.payload;
  return {
    version: 1,
    videoId: event.sagaId,
    source: {
      fileName: source.fileName,
      sizeBytes: source.sizeBytes,
      sha256: sourceSha256,
      container: summary.container,
      codec: summary.codec,
      durationSeconds: roundToMicroseconds(summary.durationSeconds),
      width: summary.width,
      height: summary.height,
    },
    intervalSeconds: source.intervalSeconds,
    ...usage,
    framesExpected: summary.framesExpected,
    framesDelivered: frames.length,
    frames: [...frames],
  };
};

/** A job is complete only with every frame, each in its place. */
const requireComplete = (expected: number, frames: readonly ManifestFrame[]): void => {
  const inOrder = frames.every((frame, position) => frame.index === position);
  if (expected < 1 || frames.length !== expected || !inOrder) {
    throw new ExtractionError('CORRUPT_VIDEO', `${frames.length} frames of ${expected} were delivered`);
  }
};

const roundToMicroseconds = (seconds: number): number => Math.round(seconds * 1e6) / 1e6;

import { ExtractionError } from '../errors.ts';
import type { Container } from '../words.ts';
import { endOfAvi, readAviClaims } from './avi.ts';
import { isSensible } from './claims.ts';
import { detectContainer } from './detect-container.ts';
import { endOfMatroska } from './matroska.ts';

/** What the first bytes of a video say. */
export interface IdentifiedContainer {
  container: Container;
  /** How long the file is by its own structure; undefined where its first bytes do not tell. */
  claimedBytes: number | undefined;
  /**
   * How long the video lasts by its header. Of AVI only: FFmpeg takes the duration of an AVI from what it finds in the
   * file, and a file that was cut off would seem whole.
   */
  claimedSeconds: number | undefined;
}

/**
 * Tells the container of a video by its first bytes (`DETECTION_BYTES` of them).
 *
 * @throws ExtractionError CORRUPT_VIDEO for an empty file, UNSUPPORTED_CONTAINER
 */
export const identifyContainer = (start: Uint8Array): IdentifiedContainer => {
  if (start.byteLength === 0) throw new ExtractionError('CORRUPT_VIDEO', 'the file is empty');
  const container = detectContainer(start);
  if (container === undefined) throw new ExtractionError('UNSUPPORTED_CONTAINER');
  return {
    container,
    claimedBytes: endOfFile(start, container),
    claimedSeconds: container === 'avi' ? aviSeconds(start) : undefined,
  };
};

const aviSeconds = (start: Uint8Array): number | undefined => {
  const { durationSeconds } = readAviClaims(start);
  return isSensible(durationSeconds) ? durationSeconds : undefined;
};

/** Where the file ends by its own structure; undefined where its first bytes do not tell. */
export const endOfFile = (start: Uint8Array, container: Container): number | undefined => {
  switch (container) {
    case 'mkv':
      return endOfMatroska(start);
    case 'avi':
      return endOfAvi(start);
    case 'mp4':
    case 'mov':
      return undefined;
  }
};

import { ExtractionError } from '../errors.ts';
import type { Container } from '../words.ts';
import { endOfAvi, readAviClaims } from './avi.ts';
import { isSensible } from './claims.ts';
import { detectContainer } from './detect-container.ts';
import { endOfMatroska } from './matroska.ts';

/** The container and the header's values, read from the first bytes of a video. */
export interface IdentifiedContainer {
  container: Container;
  /** The file's length according to its structure; undefined if its first bytes do not contain it. */
  claimedBytes: number | undefined;
  /**
   * The video's duration according to its header. For AVI only: FFmpeg computes the duration of an AVI from the data
   * that it finds, so a truncated file would look complete.
   */
  claimedSeconds: number | undefined;
}

/** Identifies the container of a video by its first `DETECTION_BYTES` bytes.
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

/** The file's end according to its structure; undefined if its first bytes do not contain it. */
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

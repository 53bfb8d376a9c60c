import type { Container, MediaClaims } from '../words.ts';
import { readAviClaims } from './avi.ts';
import { type Claims, isSensible } from './claims.ts';
import { placeOfIndex, readIsoMediaClaims } from './iso-media.ts';
import { readMatroskaClaims } from './matroska.ts';

/**
 * What a video's header says of its length and pictures, as far as it lies within these bytes. It is a hint: it decides
 * where the extraction is tried first, and a video that turns out to be too large there is done elsewhere.
 *
 * @param bytes the file's start, or what begins at `indexPlace`.
 */
export const readMediaClaims = (bytes: Uint8Array, container: Container): MediaClaims => {
  const claims = READERS[container](bytes);
  return {
    ...(isSensible(claims.durationSeconds) && { durationSeconds: claims.durationSeconds }),
    ...(isSensible(claims.pixels) && { pixels: claims.pixels }),
  };
};

/**
 * Where the index of an MP4 or MOV begins that is stored behind the pictures, in bytes from the file's start; undefined
 * where `start` holds its beginning, where nothing tells, and for the other containers.
 */
export const indexPlace = (start: Uint8Array, container: Container): number | undefined =>
  container === 'mp4' || container === 'mov' ? placeOfIndex(start) : undefined;

const READERS: Readonly<Record<Container, (bytes: Uint8Array) => Claims>> = {
  mp4: readIsoMediaClaims,
  mov: readIsoMediaClaims,
  mkv: readMatroskaClaims,
  avi: readAviClaims,
};

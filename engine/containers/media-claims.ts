import type { Container, MediaClaims } from '../words.ts';
import { readAviClaims } from './avi.ts';
import { type Claims, isSensible } from './claims.ts';
import { placeOfIndex, readIsoMediaClaims } from './iso-media.ts';
import { readMatroskaClaims } from './matroska.ts';

/**
 * Reads the duration and the picture size from a video's header, as far as the header lies within these bytes. The
 * result is a hint: it decides where the extraction runs first. A video that is too large for that place moves on.
 * @param bytes the file's start, or the bytes from `indexPlace` on.
 */
export const readMediaClaims = (bytes: Uint8Array, container: Container): MediaClaims => {
  const claims = READERS[container](bytes);
  return {
    ...(isSensible(claims.durationSeconds) && { durationSeconds: claims.durationSeconds }),
    ...(isSensible(claims.pixels) && { pixels: claims.pixels }),
  };
};

/**
 * The byte offset of an MP4's or MOV's index that is stored after the pictures; undefined if `start` already contains
 * the beginning of the index, if the offset is unknown, and for the other containers.
 */
export const indexPlace = (start: Uint8Array, container: Container): number | undefined =>
  container === 'mp4' || container === 'mov' ? placeOfIndex(start) : undefined;

const READERS: Readonly<Record<Container, (bytes: Uint8Array) => Claims>> = {
  mp4: readIsoMediaClaims,
  mov: readIsoMediaClaims,
  mkv: readMatroskaClaims,
  avi: readAviClaims,
};

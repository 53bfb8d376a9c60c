import type { Container } from '../words.ts';
import { ascii, uint32LittleEndian } from './bytes.ts';
import type { Claims } from './claims.ts';

/** AVI in RIFF: chunks of a four-letter name and a little-endian size. The main header, `avih`, has a fixed place. */

const RIFF_HEADER_BYTES = 8;
const MAIN_HEADER_NAME_OFFSET = 24;
const MAIN_HEADER_OFFSET = 32;
const MICROSECONDS = 1e6;

/** Indices of the main header's 32-bit fields. */
const FIELD = { microsecondsPerFrame: 0, totalFrames: 4, width: 8, height: 9 } as const;

/** Detects AVI by the first bytes of a file. */
export const detectAvi = (start: Uint8Array): Container | undefined =>
  ascii(start, 0, 4) === 'RIFF' && ascii(start, 8, 4) === 'AVI ' ? 'avi' : undefined;

/** The end of the RIFF chunk, which is the end of the file; undefined if its size was never written. */
export const endOfAvi = (start: Uint8Array): number | undefined => {
  if (start.length < RIFF_HEADER_BYTES) return undefined;
  const size = uint32LittleEndian(start, 4);
  return size === 0 || size === 0xffff_ffff ? undefined : size + RIFF_HEADER_BYTES;
};

export const readAviClaims = (bytes: Uint8Array): Claims => {
  if (ascii(bytes, MAIN_HEADER_NAME_OFFSET, 4) !== 'avih') return {};
  const field = (index: number): number => {
    const offset = MAIN_HEADER_OFFSET + index * 4;
    return offset + 4 > bytes.length ? Number.NaN : uint32LittleEndian(bytes, offset);
  };
  return {
    durationSeconds: (field(FIELD.microsecondsPerFrame) * field(FIELD.totalFrames)) / MICROSECONDS,
    pixels: field(FIELD.width) * field(FIELD.height),
  };
};

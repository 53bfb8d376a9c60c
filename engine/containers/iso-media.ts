import type { Container } from '../words.ts';
import { ascii, uint32, uint64 } from './bytes.ts';
import type { Claims } from './claims.ts';

/**
 * ISO base media (MP4, MOV; ISO/IEC 14496-12): boxes of a 32-bit size and a four-letter type. A size of 1 means that 64 bits
 * of size follow, a size of 0 that the box goes on to the end of the file.
 */

/** Bytes of a box's size and type. */
export const BOX_HEADER_BYTES = 8;
/** Bytes of a box's header with a 64-bit size. */
export const LONG_BOX_HEADER_BYTES = 16;

/** A box, by offsets from the first of the bytes given. */
export interface Box {
  type: string;
  contentOffset: number;
  /** Of the byte behind it; Infinity where it goes on to the end of the file. */
  end: number;
}

/** The box that begins at an offset; undefined where its header is not there or not possible. */
export const readBox = (bytes: Uint8Array, offset: number): Box | undefined => {
  if (offset + BOX_HEADER_BYTES > bytes.length) return undefined;
  const size = uint32(bytes, offset);
  const isLong = size === 1;
  const headerBytes = isLong ? LONG_BOX_HEADER_BYTES : BOX_HEADER_BYTES;
  if (offset + headerBytes > bytes.length) return undefined;
  const sizeBytes = isLong ? uint64(bytes, offset + BOX_HEADER_BYTES) : size || Number.POSITIVE_INFINITY;
  if (sizeBytes < headerBytes) return undefined;
  return { type: ascii(bytes, offset + 4, 4), contentOffset: offset + headerBytes, end: offset + sizeBytes };
};

/** The boxes within a stretch of bytes, the last one maybe only in part. */
function* boxesIn(bytes: Uint8Array, start: number, end: number): Generator<Box> {
  for (let offset = start; offset + BOX_HEADER_BYTES <= Math.min(end, bytes.length); ) {
    const box = readBox(bytes, offset);
    if (box === undefined) return;
    yield box;
    offset = box.end;
  }
}

// --- Detection

/** `ftyp` holds at least a major brand and its version. */
const MIN_FTYP_BYTES = 16;
/** A larger size begins with a printable character: the file is a text that happens to look like a box. */
const MAX_BOX_BYTES = 0x2000_0000;
const QUICKTIME_BRAND = 'qt  ';
/** Brands of still pictures (HEIC, AVIF, CR3, JPEG 2000, JPEG XL), which share the file format. */
const PICTURE_BRANDS = new Set([
  'heic',
  'heix',
  'heim',
  'heis',
  'mif1',
  'avif',
  'crx ',
  'jp2 ',
  'jpx ',
  'jxl ',
]);

/** QuickTime files from before `ftyp` begin with one of these; those of the second kind may precede the `ftyp`. */
const CONTENT_BOXES = new Set(['moov', 'mdat']);
const FILLER_BOXES = new Set(['wide', 'free', 'skip', 'pnot']);

/** MP4 or MOV by the first bytes of a file; undefined for anything else, still pictures included. */
export const detectIsoMedia = (start: Uint8Array): Container | undefined => {
  let offset = 0;
  while (offset + BOX_HEADER_BYTES <= start.length) {
    const sizeBytes = uint32(start, offset);
    const type = ascii(start, offset + 4, 4);
    if (type === 'ftyp') return containerOfBrands(start.subarray(offset, offset + sizeBytes), sizeBytes);
    const plausible = sizeBytes === 0 || sizeBytes === 1 || sizeBytes >= BOX_HEADER_BYTES;
    if (!plausible || sizeBytes >= MAX_BOX_BYTES) return undefined;
    if (CONTENT_BOXES.has(type)) return 'mov';
    if (!FILLER_BOXES.has(type) || sizeBytes < BOX_HEADER_BYTES) return undefined;
    offset += sizeBytes;
  }
  return offset > 0 ? 'mov' : undefined;
};

const containerOfBrands = (box: Uint8Array, sizeBytes: number): Container | undefined => {
  if (sizeBytes < MIN_FTYP_BYTES || box.length < sizeBytes) return undefined;
  const majorBrand = ascii(box, 8, 4);
  if (PICTURE_BRANDS.has(majorBrand)) return undefined;
  return majorBrand === QUICKTIME_BRAND ? 'mov' : 'mp4';
};

// --- Claims: the lengths are in `mvhd` and `tkhd`, which come before a track's samples

/**
 * Where the index of a file begins that is stored behind the pictures, in bytes from the file's start; undefined where
 * `start` holds its beginning, and where nothing tells.
 */
export const placeOfIndex = (start: Uint8Array): number | undefined => {
  for (let offset = 0; ; ) {
    if (offset + BOX_HEADER_BYTES > start.length) return offset;
    const box = readBox(start, offset);
    if (box === undefined || box.type === 'moov' || !Number.isFinite(box.end)) return undefined;
    offset = box.end;
  }
};

/** Bytes of version and flags, with which the boxes read here begin. */
const VERSION_BYTES = 4;
/** Of `tkhd`, from its times on: track, reserved twice, duration, layer and so on, then a matrix of nine. */
const MATRIX_END_BYTES = { short: 8 + 4 + 4 + 4 + 8 + 8 + 36, long: 16 + 4 + 4 + 8 + 8 + 8 + 36 };

export const readIsoMediaClaims = (bytes: Uint8Array): Claims => {
  const claims: Claims = {};
  for (const moov of boxesIn(bytes, 0, bytes.length)) {
    if (moov.type !== 'moov') continue;
    for (const child of boxesIn(bytes, moov.contentOffset, moov.end)) {
      if (child.type === 'mvhd') Object.assign(claims, readMovieHeader(bytes, child));
      if (child.type !== 'trak') continue;
      for (const header of boxesIn(bytes, child.contentOffset, child.end)) {
        if (header.type !== 'tkhd') continue;
        claims.pixels = Math.max(claims.pixels ?? 0, readTrackPixels(bytes, header));
      }
    }
  }
  return claims;
};

const readMovieHeader = (bytes: Uint8Array, { contentOffset }: Box): Claims => {
  const isLong = bytes[contentOffset] === 1;
  const scaleOffset = contentOffset + VERSION_BYTES + (isLong ? 16 : 8);
  if (scaleOffset + 12 > bytes.length) return {};
  const duration = isLong ? uint64(bytes, scaleOffset + 4) : uint32(bytes, scaleOffset + 4);
  return { durationSeconds: duration / uint32(bytes, scaleOffset) };
};

/** Width and height are in 16.16 bits; a track without pictures has 0. */
const readTrackPixels = (bytes: Uint8Array, { contentOffset }: Box): number => {
  const form = bytes[contentOffset] === 1 ? 'long' : 'short';
  const offset = contentOffset + VERSION_BYTES + MATRIX_END_BYTES[form];
  if (offset + 8 > bytes.length) return 0;
  return (uint32(bytes, offset) >>> 16) * (uint32(bytes, offset + 4) >>> 16);
};

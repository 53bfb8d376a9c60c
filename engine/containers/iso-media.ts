import type { Container } from '../words.ts';
import { ascii, uint32, uint64 } from './bytes.ts';
import type { Claims } from './claims.ts';

/**
 * ISO base media (MP4, MOV; ISO/IEC 14496-12): boxes that begin with a 32-bit size and a four-letter type. Size 1 means
 * that a 64-bit size follows. Size 0 means that the box extends to the end of the file.
 */

/** Bytes of a box's size and type. */
export const BOX_HEADER_BYTES = 8;
/** Bytes of a box's header with a 64-bit size. */
export const LONG_BOX_HEADER_BYTES = 16;

/** A box. Offsets count from the first of the given bytes. */
export interface Box {
  type: string;
  contentOffset: number;
  /** Offset of the first byte after the box; Infinity if the box extends to the end of the file. */
  end: number;
}

/** The box that begins at an offset; undefined if its header is incomplete or invalid. */
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

/** The boxes within a range of bytes. The last one may be incomplete. */
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
/** A larger size begins with a printable character, so the file is probably text that looks like a box. */
const MAX_BOX_BYTES = 0x2000_0000;
const QUICKTIME_BRAND = 'qt  ';
/** Brands of still pictures (HEIC, AVIF, CR3, JPEG 2000, JPEG XL), which use the same file format. */
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

/** QuickTime files older than `ftyp` begin with one of these boxes. */
const CONTENT_BOXES = new Set(['moov', 'mdat']);
/** These boxes may also precede an `ftyp`. */
const FILLER_BOXES = new Set(['wide', 'free', 'skip', 'pnot']);

/** Detects MP4 or MOV by the first bytes of a file; undefined for any other format, including still pictures. */
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

// --- Claims: `mvhd` holds the duration and `tkhd` the picture size; both precede a track's samples

/**
 * The byte offset of an index that is stored after the pictures; undefined if `start` already contains the beginning of
 * the index, or if the offset is unknown.
 */
export const placeOfIndex = (start: Uint8Array): number | undefined => {
  for (let offset = 0; ; ) {
    if (offset + BOX_HEADER_BYTES > start.length) return offset;
    const box = readBox(start, offset);
    if (box === undefined || box.type === 'moov' || !Number.isFinite(box.end)) return undefined;
    offset = box.end;
  }
};

/** Bytes of the version and flags at the beginning of the boxes read here. */
const VERSION_BYTES = 4;
/**
 * Bytes of `tkhd` from its times to the end of its matrix: times, track, reserved, duration, layer and so on, matrix.
 */
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

/** Width and height are 16.16 fixed-point numbers; a track without pictures has 0. */
const readTrackPixels = (bytes: Uint8Array, { contentOffset }: Box): number => {
  const form = bytes[contentOffset] === 1 ? 'long' : 'short';
  const offset = contentOffset + VERSION_BYTES + MATRIX_END_BYTES[form];
  if (offset + 8 > bytes.length) return 0;
  return (uint32(bytes, offset) >>> 16) * (uint32(bytes, offset + 4) >>> 16);
};

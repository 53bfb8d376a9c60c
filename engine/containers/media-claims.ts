import type { Container, MediaClaims } from '../words.ts';
import { ascii, BOX_HEADER_BYTES, readElement, uint32, uint32LittleEndian, uint64 } from './header-bytes.ts';

/**
 * What a video's header says of its length and pictures, as far as it lies within these bytes. Nobody believes it: it
 * decides where the extraction is tried first, and what turns out to be too much there is done elsewhere.
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
 * where `start` holds its beginning, and where nothing tells.
 */
export const indexPlace = (start: Uint8Array, container: Container): number | undefined => {
  if (container !== 'mp4' && container !== 'mov') return undefined;
  for (let offset = 0; ; ) {
    if (offset + BOX_HEADER_BYTES > start.length) return offset;
    const box = readBox(start, offset);
    if (box === undefined || box.type === 'moov') return undefined;
    offset = box.end;
  }
};

interface Claims {
  durationSeconds?: number;
  pixels?: number;
}

const isSensible = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value) && value > 0;

// --- ISO base media: the lengths are in `mvhd` and `tkhd`, which come before a track's samples

interface Box {
  type: string;
  contentOffset: number;
  /** Of the byte behind it. */
  end: number;
}

const readBox = (bytes: Uint8Array, offset: number): Box | undefined => {
  const type = ascii(bytes, offset + 4, 4);
  const sizeBytes = uint32(bytes, offset);
  const isLong = sizeBytes === 1;
  if (isLong && offset + 16 > bytes.length) return undefined;
  const end = offset + (isLong ? uint64(bytes, offset + BOX_HEADER_BYTES) : sizeBytes);
  const contentOffset = offset + BOX_HEADER_BYTES + (isLong ? 8 : 0);
  return end >= contentOffset ? { type, contentOffset, end } : undefined;
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

/** Bytes of version and flags, with which the boxes read here begin. */
const VERSION_BYTES = 4;
/** Of `tkhd`, from its times on: track, reserved twice, duration, layer and so on, then a matrix of nine. */
const MATRIX_END_BYTES = { short: 8 + 4 + 4 + 4 + 8 + 8 + 36, long: 16 + 4 + 4 + 8 + 8 + 8 + 36 };

const readIsoMedia = (bytes: Uint8Array): Claims => {
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

// --- Matroska

const SEGMENT_ID = 0x18538067;
const INFO_ID = 0x1549a966;
const TIMESTAMP_SCALE_ID = 0x2ad7b1;
const DURATION_ID = 0x4489;
const TRACKS_ID = 0x1654ae6b;
const TRACK_ENTRY_ID = 0xae;
const VIDEO_ID = 0xe0;
const PIXEL_WIDTH_ID = 0xb0;
const PIXEL_HEIGHT_ID = 0xba;
const CLUSTER_ID = 0x1f43b675;
const PARENT_IDS = new Set([SEGMENT_ID, INFO_ID, TRACKS_ID, TRACK_ENTRY_ID, VIDEO_ID]);
const NANOSECONDS = 1e9;
const DEFAULT_TIMESTAMP_SCALE = 1e6;

/** All values that Info and the tracks' Video elements hold; pictures follow in the first Cluster. */
const readMatroska = (bytes: Uint8Array): Claims => {
  let [scale, duration, width, pixels] = [DEFAULT_TIMESTAMP_SCALE, Number.NaN, 0, 0];
  for (let offset = 0; ; ) {
    const element = readElement(bytes, offset);
    if (element === undefined || element.id === CLUSTER_ID) break;
    const { id, contentOffset, sizeBytes } = element;
    const content = bytes.subarray(contentOffset, contentOffset + sizeBytes);
    if (id === TIMESTAMP_SCALE_ID) scale = readUnsigned(content);
    if (id === DURATION_ID) duration = readFloat(content);
    if (id === PIXEL_WIDTH_ID) width = readUnsigned(content);
    if (id === PIXEL_HEIGHT_ID) pixels = Math.max(pixels, width * readUnsigned(content));
    // What is inside such an element comes next.
    offset = PARENT_IDS.has(id) ? contentOffset : contentOffset + sizeBytes;
  }
  return { durationSeconds: (duration * scale) / NANOSECONDS, pixels };
};

const readUnsigned = (content: Uint8Array): number => content.reduce((value, byte) => value * 256 + byte, 0);

const readFloat = (content: Uint8Array): number => {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  if (content.byteLength === 4) return view.getFloat32(0);
  return content.byteLength === 8 ? view.getFloat64(0) : Number.NaN;
};

// --- AVI: the main header comes first

const AVI_HEADER_OFFSET = 32;
const AVI_HEADER_BYTES = 40;
const MICROSECONDS = 1e6;

const readAvi = (bytes: Uint8Array): Claims => {
  if (bytes.length < AVI_HEADER_OFFSET + AVI_HEADER_BYTES || ascii(bytes, 24, 4) !== 'avih') return {};
  const field = (index: number) => uint32LittleEndian(bytes, AVI_HEADER_OFFSET + index * 4);
  return { durationSeconds: (field(0) * field(4)) / MICROSECONDS, pixels: field(8) * field(9) };
};

const READERS: Readonly<Record<Container, (bytes: Uint8Array) => Claims>> = {
  mp4: readIsoMedia,
  mov: readIsoMedia,
  mkv: readMatroska,
  avi: readAvi,
};

import type { Container } from '../words.ts';
import { ascii } from './bytes.ts';
import type { Claims } from './claims.ts';

/** Matroska and WebM (RFC 9559) in EBML (RFC 8794): elements that begin with an id and a size of variable length. */

/** An element. Offsets count from the first of the given bytes. */
interface Element {
  id: number;
  contentOffset: number;
  /** Infinity if unknown, as in live recordings. */
  sizeBytes: number;
}

/** The element that begins at an offset; undefined if there is none. */
const readElement = (bytes: Uint8Array, offset: number): Element | undefined => {
  const id = readVariableInteger(bytes, offset, 4);
  const size = id && readVariableInteger(bytes, offset + id.length, 8);
  if (!id || !size) return undefined;
  return {
    id: id.marked,
    contentOffset: offset + id.length + size.length,
    sizeBytes: size.isUnknown ? Number.POSITIVE_INFINITY : size.value,
  };
};

interface VariableInteger {
  length: number;
  /** The value without the marker: how a size is read. */
  value: number;
  /** The value with the marker: how an id is written. */
  marked: number;
  /** All bits after the marker are set. */
  isUnknown: boolean;
}

/** Reads a variable-length integer. The position of the first set bit, the marker, gives its length in bytes. */
const readVariableInteger = (
  bytes: Uint8Array,
  offset: number,
  maxLength: number,
): VariableInteger | undefined => {
  const first = bytes[offset];
  if (first === undefined || first === 0) return undefined;
  const length = Math.clz32(first) - 23;
  if (length > maxLength || offset + length > bytes.length) return undefined;
  const marker = 2 ** (8 - length);
  const rest = bytes.subarray(offset + 1, offset + length);
  const append = (value: number) => rest.reduce((sum, byte) => sum * 256 + byte, value);
  return {
    ...{ length, value: append(first - marker), marked: append(first) },
    isUnknown: first === 2 * marker - 1 && rest.every((byte) => byte === 0xff),
  };
};

// --- Detection

const EBML_ID = 0x1a45dfa3;
const DOC_TYPE_ID = 0x4282;
const DOC_TYPES = new Set(['matroska', 'webm']);

/** Detects Matroska or WebM by the first bytes of a file. */
export const detectMatroska = (start: Uint8Array): Container | undefined => {
  const header = readElement(start, 0);
  if (header?.id !== EBML_ID) return undefined;
  const end = Math.min(header.contentOffset + header.sizeBytes, start.length);
  let offset = header.contentOffset;
  while (offset < end) {
    const element = readElement(start, offset);
    if (!element) return undefined;
    if (element.id === DOC_TYPE_ID) {
      const docType = ascii(start, element.contentOffset, element.sizeBytes).replace(/\0+$/, '');
      return DOC_TYPES.has(docType) ? 'mkv' : undefined;
    }
    offset = element.contentOffset + element.sizeBytes;
  }
  return undefined;
};

// --- Claims

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

/** The end of the segment after the EBML header, which is the end of the file; undefined if its size is unknown. */
export const endOfMatroska = (start: Uint8Array): number | undefined => {
  const header = readElement(start, 0);
  const segment = header && readElement(start, header.contentOffset + header.sizeBytes);
  if (segment?.id !== SEGMENT_ID || !Number.isFinite(segment.sizeBytes)) return undefined;
  return segment.contentOffset + segment.sizeBytes;
};

/** Reads the values of the Info and Video elements, which precede the first Cluster. */
export const readMatroskaClaims = (bytes: Uint8Array): Claims => {
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
    // Continue inside a parent element.
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

import { ExtractionError } from '../errors.ts';
import type { Container } from '../words.ts';

/** How many bytes of the file's beginning `sniffContainer` wants to see. */
export const SNIFF_BYTES = 4096;

/** What the first bytes say: the container, and how long it claims to be, where it says so there. */
export interface SniffedContainer {
  container: Container;
  claimedBytes: number | undefined;
  /** How long the video lasts by its header, where the header has a fixed place (AVI). */
  claimedSeconds: number | undefined;
}

/** Box types that an ISO or QuickTime file may begin with; `ftyp` came late, old MOV files have none. */
const LEADING_BOXES = new Set(['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip', 'pnot']);
/** `avih` */
const AVI_MAIN_HEADER = 0x61766968;
const EBML_ID = 0x1a45dfa3;
const SEGMENT_ID = 0x18538067;

/** Tells the container by its bytes, whatever the file's name says; undefined for anything else. */
export const sniffContainer = (head: Uint8Array): SniffedContainer | undefined => {
  if (head.length < 12) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (text(head, 0, 4) === 'RIFF' && text(head, 8, 12) === 'AVI ') {
    const size = view.getUint32(4, true);
    const claimedBytes = size === 0 || size === 0xffffffff ? undefined : size + 8;
    return { container: 'avi', claimedBytes, claimedSeconds: aviSeconds(view) };
  }
  if (view.getUint32(0) === EBML_ID) {
    return { container: 'mkv', claimedBytes: matroskaSize(head), claimedSeconds: undefined };
  }
  const box = text(head, 4, 8);
  if (!LEADING_BOXES.has(box)) return undefined;
  const container = box === 'ftyp' && text(head, 8, 12) !== 'qt  ' ? 'mp4' : 'mov';
  return { container, claimedBytes: undefined, claimedSeconds: undefined };
};

/** As `sniffContainer`. @throws ExtractionError CORRUPT_VIDEO for an empty file, UNSUPPORTED_CONTAINER */
export const identifyContainer = (head: Uint8Array): SniffedContainer => {
  if (head.byteLength === 0) throw new ExtractionError('CORRUPT_VIDEO', 'the file is empty');
  const sniffed = sniffContainer(head);
  if (sniffed === undefined) throw new ExtractionError('UNSUPPORTED_CONTAINER');
  return sniffed;
};

/** Microseconds per frame times frames, from the main header that every AVI begins with. */
const aviSeconds = (view: DataView): number | undefined => {
  const isMainHeader = view.byteLength >= 52 && view.getUint32(24) === AVI_MAIN_HEADER;
  return isMainHeader ? (view.getUint32(32, true) * view.getUint32(48, true)) / 1e6 : undefined;
};

/** The end of the segment after the EBML header; undefined for one of unknown size, as live recordings have. */
const matroskaSize = (head: Uint8Array): number | undefined => {
  const header = elementAt(head, 0);
  if (header?.size === undefined) return undefined;
  const segment = elementAt(head, header.dataOffset + header.size);
  if (segment?.id !== SEGMENT_ID || segment.size === undefined) return undefined;
  return segment.dataOffset + segment.size;
};

/** One EBML element's id (4 bytes long here) and size. */
const elementAt = (
  bytes: Uint8Array,
  offset: number,
): { id: number; size: number | undefined; dataOffset: number } | undefined => {
  if (offset + 12 > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const id = view.getUint32(offset);
  const first = view.getUint8(offset + 4);
  const length = Math.clz32(first) - 23;
  if (length > 8) return undefined;
  let size = first & (0xff >> length);
  let unknown = size === 0xff >> length;
  for (let position = 1; position < length; position += 1) {
    const byte = view.getUint8(offset + 4 + position);
    unknown &&= byte === 0xff;
    size = size * 256 + byte;
  }
  return { id, size: unknown ? undefined : size, dataOffset: offset + 4 + length };
};

const text = (bytes: Uint8Array, start: number, end: number): string =>
  String.fromCharCode(...bytes.subarray(start, end));

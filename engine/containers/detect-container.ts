import type { Container } from '../words.ts';
import { ascii, BOX_HEADER_BYTES, EBML_ID, readElement, uint32 } from './header-bytes.ts';

/** How many bytes of a file's start are enough to tell its container. */
export const DETECTION_BYTES = 64 * 1024;

/**
 * Which container these first bytes of a file begin, whatever the file's name says; undefined for anything else.
 * It looks at the structure's first element alone: whether the rest is sound, the extraction finds out.
 */
export const detectContainer = (start: Uint8Array): Container | undefined =>
  detectIsoMedia(start) ?? detectMatroska(start) ?? detectAvi(start);

// --- ISO base media (MP4, MOV): boxes of a 32-bit size and a four-letter type

/** `ftyp` holds at least a major brand and its version. */
const MIN_FTYP_BYTES = 16;
/** A larger size begins with a printable character: the file is a text that happens to look like a box. */
const MAX_BOX_BYTES = 0x2000_0000;
const QUICKTIME_BRAND = 'qt  ';
/** Brands of still pictures, which share the file format. */
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

const detectIsoMedia = (start: Uint8Array): Container | undefined => {
  let offset = 0;
  while (offset + BOX_HEADER_BYTES <= start.length) {
    const sizeBytes = uint32(start, offset);
    const type = ascii(start, offset + 4, 4);
    if (type === 'ftyp') return containerOfBrands(start.subarray(offset, offset + sizeBytes), sizeBytes);
    // 0 is "to the end of the file", 1 "the size follows in 64 bits".
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

// --- EBML (Matroska, WebM): elements of an id and a size, both of variable length

const DOC_TYPE_ID = 0x4282;
const DOC_TYPES = new Set(['matroska', 'webm']);

const detectMatroska = (start: Uint8Array): Container | undefined => {
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

// --- RIFF (AVI)

const detectAvi = (start: Uint8Array): Container | undefined =>
  ascii(start, 0, 4) === 'RIFF' && ascii(start, 8, 4) === 'AVI ' ? 'avi' : undefined;

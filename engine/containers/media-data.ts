import type { Span } from '../video.ts';
import { BOX_HEADER_BYTES, LONG_BOX_HEADER_BYTES, readBox } from './iso-media.ts';

/** More boxes than this at the top are no plain recording. */
const MAX_BOXES = 64;
/** An index larger than this, in bytes, is read as it comes. */
const MAX_INDEX_BYTES = 16 * 1024 * 1024;
const PRINTABLE_TYPE = /^[\x20-\x7e]{4}$/;

/** A file that is read in places. */
export interface RandomAccess {
  readonly sizeBytes: number;
  /** The bytes from `offset` on, fewer only at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Begins to fetch bytes that will be read. */
  prefetch(span: Span): void;
}

/**
 * Where the sample data of an MP4 or MOV lie, by its outermost boxes; its index is fetched on the way. Empty for a
 * file in fragments, whose index lies among its data.
 */
export const findMediaData = async (file: RandomAccess): Promise<Span[]> => {
  const found: Span[] = [];
  let offset = 0;
  for (let boxes = 0; boxes < MAX_BOXES && offset + BOX_HEADER_BYTES <= file.sizeBytes; boxes += 1) {
    const box = readBox(await file.read(offset, LONG_BOX_HEADER_BYTES), 0);
    if (box === undefined || box.type === 'moof' || !PRINTABLE_TYPE.test(box.type)) return [];
    const end = Math.min(offset + box.end, file.sizeBytes);
    if (box.type === 'mdat') {
      found.push({ start: offset + box.contentOffset, end });
      // What comes behind it is the index, as a rule.
      if (file.sizeBytes - end <= MAX_INDEX_BYTES) file.prefetch({ start: end, end: file.sizeBytes });
    } else if (box.type === 'moov' && end - offset <= MAX_INDEX_BYTES) {
      file.prefetch({ start: offset, end });
    }
    offset += box.end;
  }
  return found;
};

import type { Span } from '../video.ts';
import { BOX_HEADER_BYTES, LONG_BOX_HEADER_BYTES, readBox } from './iso-media.ts';

/** An ordinary recording has fewer boxes at the top level. */
const MAX_BOXES = 64;
/** Bytes of the largest index that is prefetched. */
const MAX_INDEX_BYTES = 16 * 1024 * 1024;
const PRINTABLE_TYPE = /^[\x20-\x7e]{4}$/;

/** A file that is read at arbitrary offsets. */
export interface RandomAccess {
  readonly sizeBytes: number;
  /** The bytes from `offset` on, fewer only at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Starts to fetch bytes that will be read. */
  prefetch(span: Span): void;
}

/**
 * Finds the sample data of an MP4 or MOV by its top-level boxes, and prefetches the index. Empty for a fragmented file,
 * which stores its index between its data.
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
      // The index usually follows.
      if (file.sizeBytes - end <= MAX_INDEX_BYTES) file.prefetch({ start: end, end: file.sizeBytes });
    } else if (box.type === 'moov' && end - offset <= MAX_INDEX_BYTES) {
      file.prefetch({ start: offset, end });
    }
    offset += box.end;
  }
  return found;
};

import type { Span } from '../video.ts';
import type { BlockCache } from './block-cache.ts';

/** More boxes than this at the top are no plain recording. */
const MAX_BOXES = 64;
/** An index larger than this, in bytes, is read as it comes. */
const MAX_INDEX_BYTES = 16 * 1024 * 1024;

/**
 * Where the sample data of an MP4 or MOV lie, by its outermost boxes; its index is fetched on the way. Empty for a
 * file in fragments, whose index lies among its data.
 */
export const findMediaData = async (cache: BlockCache): Promise<Span[]> => {
  const found: Span[] = [];
  let offset = 0;
  for (let boxes = 0; boxes < MAX_BOXES && offset + 8 <= cache.sizeBytes; boxes += 1) {
    const head = await cache.read(offset, 16);
    const kind = head.toString('latin1', 4, 8);
    let [headBytes, size] = [8, head.readUInt32BE(0)];
    if (size === 1 && head.byteLength === 16) [headBytes, size] = [16, Number(head.readBigUInt64BE(8))];
    if (size === 0) size = cache.sizeBytes - offset;
    if (kind === 'moof' || size < headBytes || !/^[\x20-\x7e]{4}$/.test(kind)) return [];
    const end = Math.min(offset + size, cache.sizeBytes);
    if (kind === 'mdat') {
      found.push({ start: offset + headBytes, end });
      // What comes behind it is the index, as a rule.
      if (cache.sizeBytes - end <= MAX_INDEX_BYTES) cache.prefetch({ start: end, end: cache.sizeBytes });
    } else if (kind === 'moov' && size <= MAX_INDEX_BYTES) {
      cache.prefetch({ start: offset, end });
    }
    offset += size;
  }
  return found;
};

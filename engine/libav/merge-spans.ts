import type { Span } from '../video.ts';

/** Reading a smaller gap takes less time than starting another request. */
const WORTH_READING_BYTES = 64 * 1024;

/** Merges spans that are close together. A span that is out of order is not merged. */
export const mergeSpans = (spans: readonly Span[]): Span[] => {
  const merged: Span[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last && span.start >= last.start && span.start - last.end < WORTH_READING_BYTES) {
      last.end = Math.max(last.end, span.end);
    } else if (span.end > span.start) {
      merged.push({ ...span });
    }
  }
  return merged;
};

export const totalBytes = (spans: readonly Span[]): number =>
  spans.reduce((sum, { start, end }) => sum + end - start, 0);

import type { Span } from '../video.ts';

/** A gap of fewer bytes takes less time to read than another request takes to begin. */
const WORTH_READING_BYTES = 64 * 1024;

/** Joins spans that follow each other closely; out of order they stay as they are. */
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

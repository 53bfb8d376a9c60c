import * as z from 'zod';

/**
 * Concurrent invocations for a dead-letter queue. It is Lambda's minimum, because new messages have priority after an
 * outage.
 */
export const DEAD_LETTER_CONCURRENCY = 2;

const Limit = z.int().nonnegative();

/** Limits for the first attempt on the extraction's Lambda. Larger videos go directly to the worker. */
export const LambdaLimits = z.object({
  /** Bytes of the source; 0 sends all videos to the worker. */
  sourceBytes: Limit,
  /** Pixels of one picture. */
  picturePixels: Limit,
  /** Pixels of all requested frames together. */
  totalPixels: Limit,
});

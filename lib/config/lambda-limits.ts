import * as z from 'zod';

/** Invocations at a time for a queue of dead letters. The fewest that Lambda accepts: after an outage good messages go first. */
export const DEAD_LETTER_CONCURRENCY = 2;

const Limit = z.int().nonnegative();

/** The most that is given to the Lambda of the extraction first; more goes to the worker at once. */
export const LambdaLimits = z.object({
  /** Of the source; 0 sends all to the worker. */
  sourceBytes: Limit,
  /** Of one picture. */
  picturePixels: Limit,
  /** Of all frames to be taken. */
  totalPixels: Limit,
});

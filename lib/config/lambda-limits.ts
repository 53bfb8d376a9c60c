import * as z from 'zod';

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

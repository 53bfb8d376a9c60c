import * as z from 'zod';

/** An error of the SDK whose call was answered: SQS said no, or that it could not. */
const Answered = z.object({
  name: z.string(),
  $metadata: z.object({ httpStatusCode: z.int() }),
});

/** Why a call to SQS failed. A few reasons only: they tell values of a metric apart. */
export interface CallFailure {
  /**
   * `refused`: SQS was reached and does not allow it (a right is missing, the queue is gone, too many calls). `failed`: SQS
   * answered that the fault is its own. `unreached`: it did not answer.
   */
  readonly reason: 'refused' | 'failed' | 'unreached';
  readonly sentence: string;
}

/** Reads off an SDK error whether SQS answered, and what. */
export const describeCallFailure = (error: unknown): CallFailure => {
  const { success, data } = Answered.safeParse(error);
  if (!success) return { reason: 'unreached', sentence: 'SQS was not reached' };
  const { name, $metadata } = data;
  return $metadata.httpStatusCode < 500
    ? { reason: 'refused', sentence: `SQS refused the call: ${name} (${$metadata.httpStatusCode})` }
    : { reason: 'failed', sentence: `SQS failed: ${name} (${$metadata.httpStatusCode})` };
};

import * as z from 'zod';

/** An SDK error with a response from SQS. */
const Answered = z.object({
  name: z.string(),
  $metadata: z.object({ httpStatusCode: z.int() }),
});

/** Why a call to SQS failed. There are only a few reasons, because they are a metric's dimension. */
export interface CallFailure {
  /**
   * `refused`: SQS refused the call (a missing permission, a missing queue, too many calls). `failed`: SQS reported an
   * error of its own. `unreached`: SQS did not respond.
   */
  readonly reason: 'refused' | 'failed' | 'unreached';
  readonly sentence: string;
}

/** Classifies an SDK error by SQS's response, if there was one. */
export const describeCallFailure = (error: unknown): CallFailure => {
  const { success, data } = Answered.safeParse(error);
  if (!success) return { reason: 'unreached', sentence: 'SQS was not reached' };
  const { name, $metadata } = data;
  return $metadata.httpStatusCode < 500
    ? { reason: 'refused', sentence: `SQS refused the call: ${name} (${$metadata.httpStatusCode})` }
    : { reason: 'failed', sentence: `SQS failed: ${name} (${$metadata.httpStatusCode})` };
};

import type { ExtractionTarget, SourceDescription } from '../../contracts/events.ts';
import type { FailureCode } from '../../contracts/failures.ts';

/** Maximum number of extraction attempts. */
export const MAX_ATTEMPTS = 3;

/** Limits for the first attempt on Lambda. Larger videos go directly to the worker. */
export interface LambdaLimits {
  /** Bytes of the source. */
  sourceBytes: number;
  /** Pixels of one picture, which determine the memory. */
  picturePixels: number;
  /** Pixels of all requested frames together, which determine the time. */
  totalPixels: number;
}

/** The settings that depend on the deployment. */
export interface SagaPolicy {
  /** Limits for the first attempt on Lambda. */
  lambdaLimits: LambdaLimits;
  /** Seconds after which an unclaimed order is repeated. Waiting is not a failure. */
  waitingSeconds: number;
  /** Seconds after a run claimed the attempt when its order is repeated. */
  processingSeconds: Readonly<Record<ExtractionTarget, number>>;
  /** Seconds after which the publication of a ZIP is requested again. */
  publishingSeconds: number;
  /** Seconds to wait before the third attempt. */
  backoffSeconds: number;
}

/**
 * Chooses where the first attempt runs. Unknown properties of a source count as 0: if the Lambda is too small, the next
 * attempt runs on the worker.
 */
export const chooseTarget = (
  { sizeBytes, intervalSeconds, claims }: SourceDescription,
  { lambdaLimits }: SagaPolicy,
): ExtractionTarget => {
  const { pixels = 0, durationSeconds = 0 } = claims ?? {};
  const frames = Math.ceil(durationSeconds / intervalSeconds);
  const fits =
    sizeBytes <= lambdaLimits.sourceBytes &&
    pixels <= lambdaLimits.picturePixels &&
    pixels * frames <= lambdaLimits.totalPixels;
  return fits ? 'lambda' : 'fargate';
};

/** Chooses where the next attempt runs: on the worker if the Lambda may have been too small. */
export const escalate = (target: ExtractionTarget, code: FailureCode): ExtractionTarget =>
  code === 'PROCESSING_TIMEOUT' || code === 'ENGINE_CRASHED' ? 'fargate' : target;

/** Seconds to wait before this attempt (2, 3, …). The second starts at once, because most temporary errors are over. */
export const secondsBefore = (attempt: number, policy: SagaPolicy): number =>
  attempt <= 2 ? 0 : policy.backoffSeconds;

/** Maximum wait between two repetitions, in seconds: a day. */
const MAX_REPETITION_SECONDS = 24 * 3600;

/**
 * The time of an order's next repetition. The wait doubles each time, so that a long queue does not fill with copies of
 * its orders: a backlog of a day has about five copies of each.
 *
 * @param takenOn whether a run has claimed the attempt
 */
export const processingDeadline = (
  now: Date,
  { target, takenOn, repeats }: { target: ExtractionTarget; takenOn: boolean; repeats: number },
  policy: SagaPolicy,
): string =>
  repetitionAfter(now, takenOn ? policy.processingSeconds[target] : policy.waitingSeconds, repeats);

/** When the publication of a ZIP is requested again. */
export const publishingDeadline = (now: Date, repeats: number, policy: SagaPolicy): string =>
  repetitionAfter(now, policy.publishingSeconds, repeats);

const repetitionAfter = (now: Date, seconds: number, repeats: number): string =>
  secondsAfter(now, Math.min(seconds * 2 ** repeats, Math.max(seconds, MAX_REPETITION_SECONDS)));

export const secondsAfter = (now: Date, seconds: number): string =>
  new Date(now.getTime() + seconds * 1000).toISOString();

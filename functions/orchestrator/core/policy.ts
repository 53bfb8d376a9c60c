import type { ExtractionTarget, SourceDescription } from '../../contracts/events.ts';
import type { FailureCode } from '../../contracts/failures.ts';

/** How often an extraction is tried in all. */
export const MAX_ATTEMPTS = 3;

/** The most that is given to the Lambda first; more goes to the worker at once. */
export interface LambdaLimits {
  /** Bytes of the source. */
  sourceBytes: number;
  /** Pixels of one picture: they decide on the memory. */
  picturePixels: number;
  /** Pixels of all frames that are to be taken, together: they decide on the time. */
  totalPixels: number;
}

/** What depends on the deployment. */
export interface SagaPolicy {
  /** What the Lambda is not tried with first. */
  lambdaLimits: LambdaLimits;
  /** Seconds within which an attempt's result is due: its own time and its queueing. */
  processingSeconds: Readonly<Record<ExtractionTarget, number>>;
  /** Seconds within which a ZIP that exists has to become available. */
  publishingSeconds: number;
  /** Seconds to wait before the third attempt. */
  backoffSeconds: number;
}

/**
 * Where the first attempt runs. What nobody knows of a source counts for nothing: if the Lambda turns out to be too small,
 * the next attempt runs on the worker.
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

/** Where the next attempt runs: on the worker where the Lambda may have been too small. */
export const escalate = (target: ExtractionTarget, code: FailureCode): ExtractionTarget =>
  code === 'PROCESSING_TIMEOUT' || code === 'ENGINE_CRASHED' ? 'fargate' : target;

/** Seconds to wait before this attempt (2, 3, …): once none, since most errors that pass have passed by then. */
export const secondsBefore = (attempt: number, policy: SagaPolicy): number =>
  attempt <= 2 ? 0 : policy.backoffSeconds;

export const processingDeadline = (now: Date, target: ExtractionTarget, policy: SagaPolicy): string =>
  secondsAfter(now, policy.processingSeconds[target]);

export const publishingDeadline = (now: Date, policy: SagaPolicy): string =>
  secondsAfter(now, policy.publishingSeconds);

export const secondsAfter = (now: Date, seconds: number): string =>
  new Date(now.getTime() + seconds * 1000).toISOString();

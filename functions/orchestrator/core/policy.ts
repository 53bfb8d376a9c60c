import type { ExtractionTarget, SourceDescription } from '../../contracts/events.ts';
import type { FailureCode } from '../../contracts/failures.ts';

/** How often an extraction is tried at most. */
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
  /** Seconds after which an order that no run has taken on is repeated. Waiting is no failure. */
  waitingSeconds: number;
  /** Seconds, from the moment a run took the attempt on, after which its order is repeated. */
  processingSeconds: Readonly<Record<ExtractionTarget, number>>;
  /** Seconds after which a ZIP that did not become available is asked for again. */
  publishingSeconds: number;
  /** Seconds to wait before the third attempt. */
  backoffSeconds: number;
}

/**
 * Where the first attempt runs. An unknown property of a source counts for nothing: if the Lambda turns out to be too
 * small, the next attempt runs on the worker.
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

/** The longest wait between two repetitions, in seconds: a day. */
const MAX_REPETITION_SECONDS = 24 * 3600;

/**
 * When an order that was repeated so often is repeated next. The wait doubles, so that a long queue is not filled with
 * copies of the orders in it: a backlog of a day makes about five of each.
 *
 * @param takenOn whether a run works on the attempt.
 */
export const processingDeadline = (
  now: Date,
  { target, takenOn, repeats }: { target: ExtractionTarget; takenOn: boolean; repeats: number },
  policy: SagaPolicy,
): string =>
  repetitionAfter(now, takenOn ? policy.processingSeconds[target] : policy.waitingSeconds, repeats);

/** When a ZIP that has not become available is asked for again. */
export const publishingDeadline = (now: Date, repeats: number, policy: SagaPolicy): string =>
  repetitionAfter(now, policy.publishingSeconds, repeats);

const repetitionAfter = (now: Date, seconds: number, repeats: number): string =>
  secondsAfter(now, Math.min(seconds * 2 ** repeats, Math.max(seconds, MAX_REPETITION_SECONDS)));

export const secondsAfter = (now: Date, seconds: number): string =>
  new Date(now.getTime() + seconds * 1000).toISOString();

import type { ExtractionTarget, SourceDescription } from '../../contracts/events.ts';
import type { FailureCode } from '../../contracts/failures.ts';

/** How often an extraction is tried in all. */
export const MAX_ATTEMPTS = 3;

/** Seconds to wait before attempt 2, 3, …: once at once, since most errors that pass have passed by then. */
const BACKOFF_SECONDS = [0, 30] as const;

/** Seconds within which an attempt's result is due: the function's (10 min) or worker's time and its queueing. */
const PROCESSING_SECONDS = { lambda: 20 * 60, fargate: 60 * 60 } as const satisfies Record<
  ExtractionTarget,
  number
>;

/** Seconds within which a ZIP that exists has to become available. */
const PUBLISHING_SECONDS = 5 * 60;

/** What depends on the deployment. */
export interface SagaPolicy {
  /** Sources larger than this go to the worker. */
  lambdaMaxSourceBytes: number;
}

/** Where the first attempt runs. */
export const chooseTarget = (source: SourceDescription, policy: SagaPolicy): ExtractionTarget =>
  source.sizeBytes > policy.lambdaMaxSourceBytes ? 'fargate' : 'lambda';

/** Where the next attempt runs: on the worker where the Lambda may have been too small. */
export const escalate = (target: ExtractionTarget, code: FailureCode): ExtractionTarget =>
  code === 'PROCESSING_TIMEOUT' || code === 'ENGINE_CRASHED' ? 'fargate' : target;

/** Seconds to wait before this attempt (2, 3, …). */
export const backoffSeconds = (attempt: number): number => BACKOFF_SECONDS[attempt - 2] ?? BACKOFF_SECONDS[1];

export const processingDeadline = (now: Date, target: ExtractionTarget): string =>
  secondsAfter(now, PROCESSING_SECONDS[target]);

export const publishingDeadline = (now: Date): string => secondsAfter(now, PUBLISHING_SECONDS);

export const secondsAfter = (now: Date, seconds: number): string =>
  new Date(now.getTime() + seconds * 1000).toISOString();

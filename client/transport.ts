import { type Failure, FrameFlowError } from './errors.ts';
import { sleep, TimeLimitError } from './time.ts';

/** As much of `fetch` as the client uses. A FrameFlowError that a wrapper of it throws ends the call as it is. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** What the client needs of the world. */
export interface Transport {
  readonly fetch: Fetch;
  /** Time limit of one try, in milliseconds; of a transfer: of the time without progress. */
  readonly timeoutMilliseconds: number;
  /** How long a call is repeated, in milliseconds. */
  readonly patienceMilliseconds: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** @throws the signal's reason once it is aborted */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** Longer than API Gateway's own limit of 29 s, after which it answers 503. */
const TIMEOUT_MILLISECONDS = 35_000;
const PATIENCE_MILLISECONDS = 60_000;

export const transportOf = (options: Partial<Transport>): Transport => ({
  // A method call: browsers refuse a `fetch` that is called as the method of another object.
  fetch: (url, init) => globalThis.fetch(url, init),
  timeoutMilliseconds: TIMEOUT_MILLISECONDS,
  patienceMilliseconds: PATIENCE_MILLISECONDS,
  now: () => Date.now(),
  random: () => Math.random(),
  sleep,
  ...options,
});

/**
 * The failure of a try that got no answer.
 * @param signal the caller's: what it was aborted with is thrown as it is
 */
export const unanswered = (operation: string, cause: unknown, signal?: AbortSignal): unknown => {
  if (signal?.aborted) return signal.reason;
  if (cause instanceof FrameFlowError) return cause;
  const failure: Pick<Failure, 'code' | 'detail'> =
    cause instanceof TimeLimitError
      ? { code: 'TIMEOUT', detail: 'The service did not answer in time.' }
      : { code: 'UNREACHABLE', detail: 'The service cannot be reached.' };
  return new FrameFlowError({ ...failure, operation, cause, isTransient: true, isUncertain: true });
};

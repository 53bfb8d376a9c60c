import { setTimeout as sleep } from 'node:timers/promises';

/** A temporary failure: the answer was 5xx or 429, or there was none. */
export class UnavailableError extends Error {
  /** The answer's Retry-After in milliseconds. */
  readonly retryAfterMilliseconds: number | undefined;

  constructor(message: string, retryAfterMilliseconds?: number) {
    super(message);
    this.name = 'UnavailableError';
    this.retryAfterMilliseconds = retryAfterMilliseconds;
  }
}

const FIRST_PAUSE_MILLISECONDS = 200;
const MAX_PAUSE_MILLISECONDS = 2_000;
/** The limit of all retries, in milliseconds. The faults of a run are much shorter. */
const PATIENCE_MILLISECONDS = 120_000;

/**
 * Retries while `passes` accepts the failure: after the answer's Retry-After, otherwise with a growing pause.
 * @throws the last failure
 */
export const patiently = async <T>(
  call: () => Promise<T>,
  passes: (error: unknown) => boolean,
  pause: (milliseconds: number) => Promise<unknown> = sleep,
): Promise<T> => {
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  for (
    let pauseMilliseconds = FIRST_PAUSE_MILLISECONDS;
    ;
    pauseMilliseconds = Math.min(pauseMilliseconds * 2, MAX_PAUSE_MILLISECONDS)
  ) {
    try {
      return await call();
    } catch (error) {
      if (!passes(error) || Date.now() > deadline) throw error;
      const asked = error instanceof UnavailableError ? error.retryAfterMilliseconds : undefined;
      await pause(asked ?? pauseMilliseconds);
    }
  }
};

import { setTimeout as sleep } from 'node:timers/promises';

/** The answer may be another one later: 5xx, 429, or none at all. */
export class UnavailableError extends Error {
  /** What the answer asked for, in milliseconds. */
  readonly retryAfterMilliseconds: number | undefined;

  constructor(message: string, retryAfterMilliseconds?: number) {
    super(message);
    this.name = 'UnavailableError';
    this.retryAfterMilliseconds = retryAfterMilliseconds;
  }
}

const FIRST_PAUSE_MILLISECONDS = 200;
const MAX_PAUSE_MILLISECONDS = 2_000;
/** No fault of a run lasts nearly as long, in milliseconds. */
const PATIENCE_MILLISECONDS = 120_000;

/** Calls again, when the answer asked for it, else ever later, as long as the failure passes. @throws the last failure */
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

import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_PAUSE_MILLISECONDS = 200;
const MAX_PAUSE_MILLISECONDS = 2_000;
/** The limit of all retries, in milliseconds. The faults of a run are much shorter. */
const PATIENCE_MILLISECONDS = 120_000;

/**
 * Retries while `passes` accepts the failure, with a growing pause.
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
      await pause(pauseMilliseconds);
    }
  }
};

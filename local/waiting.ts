import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until the answer is not undefined.
 * @param deadlineMilliseconds how long to go on asking, in milliseconds
 * @throws Error naming `what` when the deadline has passed
 */
export const waitFor = async <Value>(
  what: string,
  ask: () => Promise<Value | undefined> | Value | undefined,
  deadlineMilliseconds: number,
  intervalMilliseconds = 50,
): Promise<Value> => {
  const deadline = Date.now() + deadlineMilliseconds;
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    if (Date.now() > deadline)
      throw new Error(`${what} did not happen within ${deadlineMilliseconds / 1000} s`);
    await sleep(intervalMilliseconds);
  }
};

/** Rejects nothing: true when the promise settled in time. */
export const settledWithin = async (promise: Promise<unknown>, milliseconds: number): Promise<boolean> => {
  const abandoned = new AbortController();
  const settled = promise.then(
    () => true,
    () => true,
  );
  const timeout = sleep(milliseconds, false, { signal: abandoned.signal }).catch(() => false);
  const inTime = await Promise.race([settled, timeout]);
  abandoned.abort();
  return inTime;
};

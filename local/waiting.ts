import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Calls `ask` repeatedly until its answer is not undefined.
 * @param deadlineMilliseconds the longest time to wait
 * @throws Error naming `what` after the deadline
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

/** Whether the promise settled in time. Never rejects. */
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

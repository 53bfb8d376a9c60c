import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until the answer is not undefined.
 * @param deadlineMs how long to go on asking, in milliseconds
 * @throws {Error} naming `what` when the deadline has passed
 */
export const waitFor = async <Value>(
  what: string,
  ask: () => Promise<Value | undefined> | Value | undefined,
  deadlineMs: number,
  intervalMs = 50,
): Promise<Value> => {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`${what} did not happen within ${deadlineMs / 1000} s`);
    await sleep(intervalMs);
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

import type { Check, CheckReport } from './check.ts';

export interface RunOptions {
  /** Milliseconds of a monotonic clock. */
  now(): number;
  describe(error: unknown): string;
}

/**
 * Runs all checks concurrently, each with its own time limit. So the run takes only as long as the slowest check, and a
 * check that fails or hangs does not affect the others.
 *
 * @returns a report for each check, in the same order
 */
export const runChecks = (checks: readonly Check[], options: RunOptions): Promise<CheckReport[]> =>
  Promise.all(checks.map((check) => runCheck(check, options)));

const runCheck = async (check: Check, { now, describe }: RunOptions): Promise<CheckReport> => {
  const { name } = check;
  const startedAt = now();
  try {
    await withLimit(check);
    return { name, milliseconds: now() - startedAt, passed: true };
  } catch (error) {
    const sentence = check.explain(describe(error));
    return { name, milliseconds: now() - startedAt, passed: false, error, sentence };
  }
};

/** @throws the check's error, or Error if it takes too long; then its signal has aborted */
const withLimit = async ({ limitSeconds, run }: Check): Promise<void> => {
  const limit = new AbortController();
  const expired = new Promise<never>((_resolve, reject) => {
    limit.signal.addEventListener('abort', () => reject(limit.signal.reason), { once: true });
  });
  const timer = setTimeout(
    () => limit.abort(new Error(`no answer within ${limitSeconds} s`)),
    limitSeconds * 1000,
  );
  try {
    await Promise.race([run(limit.signal), expired]);
  } finally {
    clearTimeout(timer);
  }
};

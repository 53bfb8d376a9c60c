import type { Check, CheckReport } from './check.ts';

export interface RunOptions {
  /** Milliseconds of a clock that is never set. */
  now(): number;
  describe(error: unknown): string;
}

/**
 * Runs all checks side by side, each within its own time limit: all together take no longer than the slowest one, and a
 * check that fails or does not answer keeps no other one from its result.
 *
 * @returns a report for each check, in their order.
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

/** @throws Error where the check takes too long; it is then left to its signal. */
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

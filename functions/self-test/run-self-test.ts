import { logger } from '../shared/logging/logger.ts';
import { type Check, SelfTestFailedError } from './core/check.ts';
import { describeReason, secretsOf } from './core/reason.ts';
import { runChecks } from './core/run-checks.ts';

export interface PassedCheck {
  readonly name: string;
  readonly milliseconds: number;
}

/**
 * Runs all checks.
 *
 * @throws SelfTestFailedError with a sentence for each failed check, without secrets
 */
export const runSelfTest = async (
  checks: readonly Check[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<PassedCheck[]> => {
  const secrets = secretsOf(env);
  const reports = await runChecks(checks, {
    now: () => performance.now(),
    describe: (error) => describeReason(error, secrets),
  });
  const sentences = reports.flatMap((report) => {
    if (report.passed) return [];
    logger.error('Check failed', { check: report.name, sentence: report.sentence });
    return [report.sentence];
  });
  if (sentences.length > 0) throw new SelfTestFailedError(sentences);
  return reports.map(({ name, milliseconds }) => ({ name, milliseconds: Math.round(milliseconds) }));
};

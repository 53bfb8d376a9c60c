import middy from '@middy/core';
import { logger } from '../shared/logging/logger.ts';
import { createChecks } from './checks.ts';
import { runSelfTest } from './run-self-test.ts';

/**
 * Runs in a deployment, after the migrations and before the functions change. It leaves no data behind and may be
 * invoked at any time.
 *
 * @throws SelfTestFailedError with a sentence for each failed check, which stops the deployment
 */
export const handler = middy().handler(async () => {
  const checks = await runSelfTest(createChecks(), process.env);
  logger.info('Self-test passed', { checks });
  return { checks };
});

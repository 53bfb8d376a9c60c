import { setTimeout as delay } from 'node:timers/promises';
import { isDatabaseUnavailable } from '../database/errors.ts';
import { logger } from '../logging/logger.ts';
import type { Invocation } from './inbox-handler.ts';

const PAUSE_MILLISECONDS = 1_000;
/** The share of the invocation's time that may go by; the rest is for the work. */
const PATIENCE = 0.5;

/**
 * For a consumer whose queue hides a failed message for minutes: what failed because the database was away is done
 * again in place, until it is back or half of the invocation's time has gone by. The same as if the message had come
 * again, only sooner, and without using up its deliveries.
 *
 * @throws what `consume` throws, the database's absence included where it lasts.
 */
export const awaitDatabase = async (
  consume: () => Promise<void>,
  { remainingMilliseconds }: Invocation,
  pauseMilliseconds = PAUSE_MILLISECONDS,
): Promise<void> => {
  const enough = remainingMilliseconds() * PATIENCE;
  for (;;) {
    try {
      return await consume();
    } catch (error) {
      if (!isDatabaseUnavailable(error) || remainingMilliseconds() - pauseMilliseconds < enough) throw error;
      logger.warn('The database is away; once more', { error });
      await delay(pauseMilliseconds);
    }
  }
};

import { setTimeout as delay } from 'node:timers/promises';
import { logger } from '../logging/logger.ts';
import { isDatabaseUnavailable } from './errors.ts';

const PAUSE_MILLISECONDS = 1_000;

/**
 * Repeats `work` while the database is unavailable, until `limit` aborts. `work` runs at least once. It must be
 * idempotent, because a broken connection may hide that it succeeded.
 *
 * @throws the error of `work`; also the database's error if it stays unavailable
 */
export const whileUnavailable = async <T>(
  work: () => Promise<T>,
  limit: AbortSignal,
  pauseMilliseconds = PAUSE_MILLISECONDS,
): Promise<T> => {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isDatabaseUnavailable(error) || limit.aborted) throw error;
      logger.warn('The database is unavailable; trying again', { error });
      await delay(pauseMilliseconds, undefined, { signal: limit }).catch(() => undefined);
      if (limit.aborted) throw error;
    }
  }
};

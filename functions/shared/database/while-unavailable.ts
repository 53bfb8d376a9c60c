import { setTimeout as delay } from 'node:timers/promises';
import { logger } from '../logging/logger.ts';
import { isDatabaseUnavailable } from './errors.ts';

const PAUSE_MILLISECONDS = 1_000;

/**
 * Repeats `work` while the database is unavailable, until `limit` aborts. A broken connection may hide that the work was
 * carried out, so the work must have the same effect when it is repeated. It is tried at least once.
 *
 * @throws what `work` throws, the database's absence included where it lasts.
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

import { setTimeout as delay } from 'node:timers/promises';
import { logger } from '../logging/logger.ts';

/** Maximum wait of a user's request for an optional reply, in milliseconds. */
const PATIENCE_MILLISECONDS = 500;

/**
 * Waits for Redis's reply to an optional command; undefined if the command fails or takes too long. Never rejects;
 * failures are logged. Redis may still execute the command after the wait has ended.
 */
export const bestEffort = async <T>(reply: Promise<T>): Promise<T | undefined> => {
  const answered = new AbortController();
  const patience = delay(PATIENCE_MILLISECONDS, undefined, { signal: answered.signal }).then(
    () => logger.warn('Redis did not reply in time'),
    () => undefined,
  );
  const guarded = reply.catch((error: unknown) => {
    logger.warn('Redis command failed', { error });
    return undefined;
  });
  try {
    return await Promise.race([guarded, patience.then(() => undefined)]);
  } finally {
    answered.abort();
  }
};

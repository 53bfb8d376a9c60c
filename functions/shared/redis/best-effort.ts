import { setTimeout as delay } from 'node:timers/promises';
import { logger } from '../logging/logger.ts';

/** How long an answer to a user waits for what it can do without, in milliseconds. */
const PATIENCE_MILLISECONDS = 500;

/**
 * The reply of Redis to a command that nothing depends on; undefined where there is none, or none soon. It never
 * rejects: a failure is logged. (A command given up on may still be carried out.)
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

import { whileUnavailable } from '../database/while-unavailable.ts';
import type { Invocation } from './inbox-handler.ts';

/** The share of the invocation's time that waiting may use; the rest is for the work. */
const PATIENCE = 0.5;

/**
 * For a consumer whose queue hides a failed message for minutes: repeats `consume` in place while the database is
 * unavailable, until half of the invocation's time is used up. The effect is that of a redelivery, only sooner, and no
 * delivery is used up.
 *
 * @throws what `consume` throws, the database's absence included where it lasts.
 */
export const awaitDatabase = (
  consume: () => Promise<void>,
  { remainingMilliseconds }: Invocation,
  pauseMilliseconds?: number,
): Promise<void> => {
  const patience = Math.max(0, Math.floor(remainingMilliseconds() * PATIENCE));
  return whileUnavailable(consume, AbortSignal.timeout(patience), pauseMilliseconds);
};

import { whileUnavailable } from '../database/while-unavailable.ts';
import type { Invocation } from './inbox-handler.ts';

/** The share of the invocation's time for waiting. The rest is for the work. */
const PATIENCE = 0.5;

/**
 * Repeats `consume` while the database is unavailable, until half of the invocation's time is used. For a consumer
 * whose queue hides a failed message for minutes: this has the effect of a redelivery, but sooner and without using up
 * a delivery.
 *
 * @throws the error of `consume`; also the database's error if it stays unavailable
 */
export const awaitDatabase = (
  consume: () => Promise<void>,
  { remainingMilliseconds }: Invocation,
  pauseMilliseconds?: number,
): Promise<void> => {
  const patience = Math.max(0, Math.floor(remainingMilliseconds() * PATIENCE));
  return whileUnavailable(consume, AbortSignal.timeout(patience), pauseMilliseconds);
};

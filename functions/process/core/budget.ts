/** Left for cleaning up and telling of the failure, in seconds. */
const MARGIN_SECONDS = 15;

/** How long an attempt may take on the worker, in seconds; below `sagaWorkerSeconds` of lib/config/timing.ts. */
export const WORKER_ATTEMPT_SECONDS = 45 * 60;

/** How long, in seconds, an attempt may take on a platform that ends it after `remainingSeconds`. */
export const attemptBudget = (remainingSeconds: number): number =>
  Math.max(0, remainingSeconds - Math.min(MARGIN_SECONDS, remainingSeconds * 0.2));

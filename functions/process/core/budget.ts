/** Seconds that are left for the cleanup and for FILE_FAILED. */
const MARGIN_SECONDS = 15;

/** Seconds that an attempt may take on the worker; below `sagaWorkerSeconds` of lib/config/timing.ts. */
export const WORKER_ATTEMPT_SECONDS = 45 * 60;

/** Seconds that an attempt may take on a platform that ends it after `remainingSeconds`. */
export const attemptBudget = (remainingSeconds: number): number =>
  Math.max(0, remainingSeconds - Math.min(MARGIN_SECONDS, remainingSeconds * 0.2));

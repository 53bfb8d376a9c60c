/** The stack's times under load, in seconds: the names are those of lib/config/timing.ts. */
type TimingValues = Readonly<Record<string, number>>;

/**
 * The clips are small: no extraction takes half a minute. A message that was in a killed function's hands is hidden in
 * its queue for as long as an extraction may take, and has to come back within the minute of quiet. So has a dead letter.
 */
export const LOAD_TIMING: TimingValues = { extractionTimeoutSeconds: 30, deadLetterVisibilitySeconds: 20 };

/** The deadline of the backlog run unless the command line says otherwise. */
export const BACKLOG_DEADLINE_SECONDS = 6;

/**
 * Deadlines so short that 90 uploads at once queue for more than five times as long: of orders that wait, of attempts
 * that were taken on, and of ZIPs that are not available yet.
 */
export const backlogTiming = (deadlineSeconds: number): TimingValues => ({
  ...LOAD_TIMING,
  sagaWaitingSeconds: deadlineSeconds,
  sagaLambdaSeconds: deadlineSeconds,
  sagaWorkerSeconds: deadlineSeconds,
  sagaPublishingSeconds: deadlineSeconds,
});

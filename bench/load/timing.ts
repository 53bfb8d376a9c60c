/** Values of the stack's timing, in seconds, with the names of lib/config/timing.ts. */
type TimingValues = Readonly<Record<string, number>>;

/**
 * The clips are small: no extraction takes half a minute. The message of a killed function stays invisible for the
 * longest extraction time, and must become visible again within the quiet minute. The same holds for a dead letter.
 */
export const LOAD_TIMING: TimingValues = { extractionTimeoutSeconds: 30, deadLetterVisibilitySeconds: 20 };

/** The default deadline of the backlog run. */
export const BACKLOG_DEADLINE_SECONDS = 6;

/**
 * Deadlines for waiting orders, for claimed attempts and for the publishing of ZIPs. They are so short that the queue
 * of 90 simultaneous uploads lasts more than five times as long.
 */
export const backlogTiming = (deadlineSeconds: number): TimingValues => ({
  ...LOAD_TIMING,
  sagaWaitingSeconds: deadlineSeconds,
  sagaLambdaSeconds: deadlineSeconds,
  sagaWorkerSeconds: deadlineSeconds,
  sagaPublishingSeconds: deadlineSeconds,
});

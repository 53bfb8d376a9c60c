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
 * Deadlines so short that 90 uploads at once queue for more than five times as long. They have to count the time from
 * when an attempt was taken on. `sagaPublishingSeconds` stays as the stage has it: it is longer than the redeliveries
 * that it waits for.
 */
export const backlogTiming = (deadlineSeconds: number): TimingValues => ({
  ...LOAD_TIMING,
  sagaLambdaSeconds: deadlineSeconds,
  sagaWorkerSeconds: deadlineSeconds,
});

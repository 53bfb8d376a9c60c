import * as z from 'zod';

const Seconds = z.int().positive();
const TOO_SHORT = 'SQS refuses a visibility time below the timeout of the function';

/**
 * All time limits, in seconds. They determine how soon a fault is noticed. A stage on one machine notices it sooner
 * than a stage that pays for each retry.
 */
export const Timing = z
  .object({
    /** Timeout of the functions that handle an event quickly. */
    inboxTimeoutSeconds: Seconds,
    /** Visibility timeout of their events. After a crash, an event is delivered again after this time. */
    inboxVisibilitySeconds: Seconds,
    /** Visibility timeout of dead letters. An unreadable message is tried again at this interval for two weeks. */
    deadLetterVisibilitySeconds: Seconds.max(12 * 3600),
    /** Timeout of the extraction function. */
    extractionTimeoutSeconds: Seconds.max(900),
    /** Visibility timeout of a worker's message. Each heartbeat of the worker renews it. */
    workerVisibilitySeconds: Seconds,
    /** An extraction without a heartbeat for this long counts as crashed. */
    jobLeaseSeconds: Seconds,
    /** Time after which an unclaimed order is repeated. Each further wait is twice as long. */
    sagaWaitingSeconds: Seconds,
    /**
     * Time after which the order of an attempt that the function claimed is repeated: more than the attempt may take.
     */
    sagaLambdaSeconds: Seconds,
    /** The same for an attempt that the worker claimed. */
    sagaWorkerSeconds: Seconds,
    /** Time after which the publication of a ZIP is requested again: more than the redeliveries before it take. */
    sagaPublishingSeconds: Seconds,
    /** The wait before the third attempt. The second starts at once. */
    sagaBackoffSeconds: Seconds,
  })
  .refine((timing) => timing.inboxVisibilitySeconds >= timing.inboxTimeoutSeconds, {
    path: ['inboxVisibilitySeconds'],
    message: TOO_SHORT,
  })
  .refine((timing) => timing.deadLetterVisibilitySeconds >= timing.inboxTimeoutSeconds, {
    path: ['deadLetterVisibilitySeconds'],
    message: TOO_SHORT,
  });
export type Timing = z.infer<typeof Timing>;

export const AWS_TIMING: Timing = {
  inboxTimeoutSeconds: 30,
  // Six times the timeout, as AWS recommends: Lambda then retries a throttled batch before its messages are visible
  // again.
  inboxVisibilitySeconds: 180,
  // Rare enough to cost almost nothing, frequent enough to recover soon after an outage.
  deadLetterVisibilitySeconds: 15 * 60,
  extractionTimeoutSeconds: 600,
  // Short, because a working worker renews it: the message of a crashed worker is visible again soon.
  workerVisibilitySeconds: 120,
  jobLeaseSeconds: 60,
  // A repeated order replaces a lost one, and SQS practically loses none. So it is rare, to not fill a long queue.
  sagaWaitingSeconds: 60 * 60,
  sagaLambdaSeconds: 20 * 60,
  sagaWorkerSeconds: 60 * 60,
  // FILE_PROCESSED is received five times, 3 minutes apart, then every 15 minutes as a dead letter.
  sagaPublishingSeconds: 45 * 60,
  sagaBackoffSeconds: 30,
};

/** Nothing is throttled on one machine, so the message of a killed process may be visible again at once. */
export const LOCAL_TIMING: Timing = {
  ...AWS_TIMING,
  inboxTimeoutSeconds: 15,
  inboxVisibilitySeconds: 20,
  deadLetterVisibilitySeconds: 60,
  workerVisibilitySeconds: 30,
  jobLeaseSeconds: 20,
  sagaPublishingSeconds: 5 * 60,
  sagaBackoffSeconds: 5,
};

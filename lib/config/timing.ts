import * as z from 'zod';

const Seconds = z.int().positive();
const TOO_SHORT = 'SQS refuses a visibility time below the timeout of the function';

/**
 * How long things may take, in seconds: what decides how soon a fault is noticed. A stage that is tried on one machine
 * notices sooner than one that pays for every retry.
 */
export const Timing = z
  .object({
    /** Of the functions that need only moments for an event. */
    inboxTimeoutSeconds: Seconds,
    /** How long an event that such a function received stays hidden: after a crash it comes again then. */
    inboxVisibilitySeconds: Seconds,
    /** How long a dead letter stays hidden between two tries: what cannot be read is tried at this pace for two weeks. */
    deadLetterVisibilitySeconds: Seconds.max(12 * 3600),
    /** Of the function that extracts. */
    extractionTimeoutSeconds: Seconds.max(900),
    /** How long a message stays hidden after each sign of life of the worker that has it. */
    workerVisibilitySeconds: Seconds,
    /** An extraction that gave no sign of life for so long is given up for dead. */
    jobLeaseSeconds: Seconds,
    /** After which an order that no run has taken on is repeated; each further wait is twice as long. */
    sagaWaitingSeconds: Seconds,
    /** After which an attempt that the function has taken on is asked for its result: more than it may take. */
    sagaLambdaSeconds: Seconds,
    /** The same where the worker has taken it on. */
    sagaWorkerSeconds: Seconds,
    /** After which a ZIP that did not become available is asked for: more than the redeliveries that it waits for. */
    sagaPublishingSeconds: Seconds,
    /** The wait before the third attempt; the second one starts at once. */
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
  // Six times the timeout, as AWS advises: a batch that was throttled comes back before its messages do.
  inboxVisibilitySeconds: 180,
  // Seldom enough to cost nothing, often enough that an outage is forgotten soon after its end.
  deadLetterVisibilitySeconds: 15 * 60,
  extractionTimeoutSeconds: 600,
  // Short, because the worker prolongs it while it works: a worker that died gives its message back soon.
  workerVisibilitySeconds: 120,
  jobLeaseSeconds: 60,
  // A repeated order is for one that was lost, which SQS does not do: seldom enough not to fill a long queue.
  sagaWaitingSeconds: 60 * 60,
  sagaLambdaSeconds: 20 * 60,
  sagaWorkerSeconds: 60 * 60,
  // FILE_PROCESSED is received five times, 3 minutes apart, then every 15 minutes as a dead letter.
  sagaPublishingSeconds: 45 * 60,
  sagaBackoffSeconds: 30,
};

/** Nothing is throttled on one machine, so what a killed process had in hand may come back at once. */
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

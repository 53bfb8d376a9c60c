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
    /** Within which an attempt's result is due where the function does it, its queueing included. */
    sagaLambdaSeconds: Seconds,
    /** The same where the worker does it. */
    sagaWorkerSeconds: Seconds,
    /** Within which a ZIP that exists has to become available. */
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
  sagaLambdaSeconds: 20 * 60,
  sagaWorkerSeconds: 60 * 60,
  sagaPublishingSeconds: 5 * 60,
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
  sagaBackoffSeconds: 5,
};

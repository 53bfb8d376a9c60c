/** Time limits for calls of an SDK client. Without limits, a call would wait forever on a silent connection. */
export interface CallLimits {
  /** Until the TCP connection is established. */
  connectMilliseconds: number;
  /** From the start of an attempt to the response's headers, including connecting and sending. */
  answerMilliseconds: number;
  /** Until the next byte arrives, also within the response body. Pauses of the reader count too. */
  silenceMilliseconds: number;
  /** Attempts per call, including the first. */
  attempts: number;
}

/**
 * DynamoDB responds in milliseconds, so two seconds mean that the connection is dead. Three attempts are the SDK's
 * default; they must also be enough for throttling.
 */
export const DYNAMODB_CALLS: CallLimits = {
  connectMilliseconds: 1_000,
  answerMilliseconds: 2_000,
  silenceMilliseconds: 2_000,
  attempts: 3,
};

/** Small S3 calls of functions with short timeouts: HEAD, a few KB, deletions. S3 may need up to a second. */
export const S3_CALLS: CallLimits = {
  connectMilliseconds: 1_000,
  answerMilliseconds: 3_000,
  silenceMilliseconds: 3_000,
  attempts: 2,
};

/**
 * S3 calls of an extraction. They transfer megabytes, and the attempt's signal ends them anyway. 20 s for a part of the
 * ZIP is 260 KB/s; even a busy machine is much faster. A reader that writes to a disk may pause as long.
 */
export const S3_TRANSFERS: CallLimits = {
  connectMilliseconds: 2_000,
  answerMilliseconds: 20_000,
  silenceMilliseconds: 20_000,
  attempts: 3,
};

/** SQS responds within a second. If a batch was accepted but the response was lost, SQS drops the repeated batch. */
export const SQS_CALLS: CallLimits = {
  connectMilliseconds: 2_000,
  answerMilliseconds: 4_000,
  silenceMilliseconds: 4_000,
  attempts: 2,
};

/** Seconds that SQS waits for a message before it sends an empty response. */
export const LONG_POLL_SECONDS = 10;

/** A long poll is silent until a message arrives. After that, SQS has the usual time to respond. */
export const SQS_POLLS: CallLimits = {
  ...SQS_CALLS,
  answerMilliseconds: LONG_POLL_SECONDS * 1000 + SQS_CALLS.answerMilliseconds,
  silenceMilliseconds: LONG_POLL_SECONDS * 1000 + SQS_CALLS.silenceMilliseconds,
};

/** The SDK waits between two attempts: at most 0.1 s, then 0.2 s; after throttling, 0.5 s, then 1 s. */
const LONGEST_PAUSE_MILLISECONDS = 1_000;

/** The longest duration of a call: every attempt responds at the last moment and then becomes silent. */
export const longestCallMilliseconds = (limits: CallLimits): number =>
  limits.attempts * (limits.answerMilliseconds + limits.silenceMilliseconds) +
  (limits.attempts - 1) * LONGEST_PAUSE_MILLISECONDS;

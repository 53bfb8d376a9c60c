/** How long calls of an SDK client may take. Without limits, a connection that falls silent is waited for without end. */
export interface CallLimits {
  /** Until the TCP connection is there. */
  connectMilliseconds: number;
  /** From the beginning of a try to the answer's headers, connecting and sending included. */
  answerMilliseconds: number;
  /** Until the next byte comes, also within the body of an answer. A reader's own pauses count, too. */
  silenceMilliseconds: number;
  /** Tries of a call, the first one included. */
  attempts: number;
}

/**
 * DynamoDB answers in milliseconds, so two seconds mean that the connection is dead. Three attempts, as is the SDK's own
 * number: throttling, too, has to be survived by them.
 */
export const DYNAMODB_CALLS: CallLimits = {
  connectMilliseconds: 1_000,
  answerMilliseconds: 2_000,
  silenceMilliseconds: 2_000,
  attempts: 3,
};

/** Small S3 calls of functions that have seconds: HEAD, a few KB, deletions. S3 needs up to a second on a bad day. */
export const S3_CALLS: CallLimits = {
  connectMilliseconds: 1_000,
  answerMilliseconds: 3_000,
  silenceMilliseconds: 3_000,
  attempts: 2,
};

/**
 * S3 calls of an extraction, which carry megabytes and are ended by the attempt's signal anyway. 20 s for a part of the ZIP is
 * 260 KB/s, far below what a busy machine reaches. A reader that writes to a disk may pause as long.
 */
export const S3_TRANSFERS: CallLimits = {
  connectMilliseconds: 2_000,
  answerMilliseconds: 20_000,
  silenceMilliseconds: 20_000,
  attempts: 3,
};

/** SQS answers within a second. A batch that was accepted without our hearing of it is dropped as a duplicate. */
export const SQS_CALLS: CallLimits = {
  connectMilliseconds: 2_000,
  answerMilliseconds: 4_000,
  silenceMilliseconds: 4_000,
  attempts: 2,
};

/** Seconds that SQS holds an empty answer back, in case a message comes. */
export const LONG_POLL_SECONDS = 10;

/** A long poll is silent until a message comes; after it SQS has the usual time to answer. */
export const SQS_POLLS: CallLimits = {
  ...SQS_CALLS,
  answerMilliseconds: LONG_POLL_SECONDS * 1000 + SQS_CALLS.answerMilliseconds,
  silenceMilliseconds: LONG_POLL_SECONDS * 1000 + SQS_CALLS.silenceMilliseconds,
};

/** The SDK waits between two attempts: at most 0.1 s, then 0.2 s; where it was throttled, 0.5 s, then 1 s. */
const LONGEST_PAUSE_MILLISECONDS = 1_000;

/** The longest time that a call can take: every attempt answers at the last moment and then falls silent. */
export const longestCallMilliseconds = (limits: CallLimits): number =>
  limits.attempts * (limits.answerMilliseconds + limits.silenceMilliseconds) +
  (limits.attempts - 1) * LONGEST_PAUSE_MILLISECONDS;

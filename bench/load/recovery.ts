import type { Kill } from './faults/run-faults.ts';

/** The times of a video's steps, in milliseconds since 1970. */
export interface Passage {
  /** When S3 answered 204. */
  readonly uploadedAt: number;
  /** When the orchestrator ordered its extraction; undefined if it never did. */
  readonly orderedAt: number | undefined;
  /** When its first extraction began; undefined if none did. */
  readonly claimedAt: number | undefined;
  readonly overAt: number;
}

/** The beginning and end of a fault, in milliseconds since 1970. They are equal for a kill. */
export type FaultTime = Pick<Kill, 'at' | 'untilAt'>;

/**
 * Seconds from the first fault that hit a moving video to its final status; undefined if no fault hit it.
 *
 * A video is moving from the end of its upload to its final status, except while it waits in the queue for its first
 * extraction: then no process holds it, and the wait depends only on the load. For the same reason that wait is
 * subtracted if the fault came before it. All other time counts, including later faults. A fault with a duration (a
 * frozen process, no relay) also hits a video that begins to move during the fault, at the moment when it begins.
 */
export const recoverySeconds = (
  { uploadedAt, orderedAt, claimedAt, overAt }: Passage,
  faults: readonly FaultTime[],
): number | undefined => {
  const queued = orderedAt !== undefined && claimedAt !== undefined && claimedAt > orderedAt;
  const [from, to] = queued ? [orderedAt, claimedAt] : [overAt, overAt];
  const met = faults
    .flatMap((fault) => [meeting(fault, uploadedAt, from), meeting(fault, to, overAt)])
    .filter((at) => at !== undefined)
    .sort((a, b) => a - b);
  const [first] = met;
  if (first === undefined) return undefined;
  return (overAt - first - (first < from ? to - from : 0)) / 1000;
};

/** When a fault hit a video that moved from `begin` until just before `end`; undefined if it did not. */
const meeting = ({ at, untilAt }: FaultTime, begin: number, end: number): number | undefined => {
  const moment = Math.max(at, begin);
  return moment < end && untilAt >= begin ? moment : undefined;
};

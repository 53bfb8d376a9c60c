import type { Kill } from './faults/run-faults.ts';

/** When a video was where, in milliseconds since 1970. */
export interface Passage {
  /** S3 had answered 204. */
  readonly uploadedAt: number;
  /** The orchestrator ordered its extraction; undefined where it never did. */
  readonly orderedAt: number | undefined;
  /** Its first extraction began; undefined where none did. */
  readonly claimedAt: number | undefined;
  readonly overAt: number;
}

/** When a fault began and ended, in milliseconds since 1970; the same moment for a kill. */
export type FaultTime = Pick<Kill, 'at' | 'untilAt'>;

/**
 * How long, in seconds, a video took to its end from the moment when the first fault met it in motion; undefined where
 * none did.
 *
 * In motion is a video from its upload's end to its terminal state, save while it stands in the queue for its first
 * extraction: no process holds it then, and how long it stands is a matter of load. For the same reason the rest of
 * that wait is not counted where the fault came before it. Everything else is, later faults included. A fault that
 * lasts (a process frozen, no relay) meets also what begins to move meanwhile, at that moment.
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

/** When a fault met what moved from `begin` until just before `end`. */
const meeting = ({ at, untilAt }: FaultTime, begin: number, end: number): number | undefined => {
  const moment = Math.max(at, begin);
  return moment < end && untilAt >= begin ? moment : undefined;
};

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

/**
 * How long, in seconds, a video took to its end from the first fault that met it in motion; undefined where none did.
 *
 * In motion is a video from its upload's end to its terminal state, save while it stands in the queue for its first
 * extraction: then nobody has it in hand, and how long it stands is a matter of load. For the same reason the rest of
 * that wait is not counted where the fault came before it. Everything else is, later faults included.
 */
export const recoverySeconds = (
  { uploadedAt, orderedAt, claimedAt, overAt }: Passage,
  kills: readonly Pick<Kill, 'at'>[],
): number | undefined => {
  const queued = orderedAt !== undefined && claimedAt !== undefined && claimedAt > orderedAt;
  const [from, to] = queued ? [orderedAt, claimedAt] : [overAt, overAt];
  const hits = kills
    .map(({ at }) => at)
    .filter((at) => (at >= uploadedAt && at < from) || (at >= to && at < overAt))
    .sort((a, b) => a - b);
  const [first] = hits;
  if (first === undefined) return undefined;
  return (overAt - first - (first < from ? to - from : 0)) / 1000;
};

import { median } from '../statistics.ts';
import type { KindSample } from './process-watch.ts';

/** A heap grows by up to this much between two garbage collections. */
const GROWTH_SHARE = 0.2;
const GROWTH_MEBIBYTES = 20;
const TENTH = 0.1;

export const GROWTH_RULE = `Flat: the median of the last tenth exceeds that of the first by at most ${GROWTH_SHARE * 100} % or ${GROWTH_MEBIBYTES} MiB, whichever is larger`;

/** The memory of the largest process of a kind, in MiB. */
export interface Growth {
  readonly firstTenth: number;
  readonly lastTenth: number;
  readonly isFlat: boolean;
}

/**
 * Compares the first and the last tenth of a period.
 * @returns undefined if one of them has no sample
 */
export const growthOf = (
  samples: readonly KindSample[],
  fromSeconds: number,
  toSeconds: number,
): Growth | undefined => {
  const tenth = (toSeconds - fromSeconds) * TENTH;
  const sizesWithin = (from: number, to: number): number[] =>
    samples.flatMap(({ atSeconds, mebibytes }) => (atSeconds >= from && atSeconds <= to ? [mebibytes] : []));
  const first = sizesWithin(fromSeconds, fromSeconds + tenth);
  const last = sizesWithin(toSeconds - tenth, toSeconds);
  if (first.length === 0 || last.length === 0) return undefined;
  const [firstTenth, lastTenth] = [median(first), median(last)];
  const allowed = Math.max(firstTenth * GROWTH_SHARE, GROWTH_MEBIBYTES);
  return { firstTenth, lastTenth, isFlat: lastTenth - firstTenth <= allowed };
};

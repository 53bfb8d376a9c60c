import { median } from '../statistics.ts';
import type { KindSample } from './process-watch.ts';

/** Growth by less than one of these is what a heap does between two collections. */
const GROWTH_SHARE = 0.2;
const GROWTH_MEBIBYTES = 20;
const TENTH = 0.1;

export const GROWTH_RULE = `Flat: the median of the last tenth is above that of the first by no more than ${GROWTH_SHARE * 100} % or ${GROWTH_MEBIBYTES} MiB, whichever is more`;

/** The memory of the largest process of a kind, in MiB. */
export interface Growth {
  readonly firstTenth: number;
  readonly lastTenth: number;
  readonly isFlat: boolean;
}

/**
 * Compares the first tenth of a time with its last one.
 * @returns undefined where no process of the kind was seen in one of them
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

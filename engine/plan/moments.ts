import type { TimeBase } from './timeline.ts';

/** The moments s + k·i of a video against its ticks; s is its start, i the interval, k = 0, 1, 2, … */
export interface MomentGrid {
  /** The first tick at or after moment k. */
  ticksOf(moment: number): number;
  /** The last moment at or before a tick. */
  momentOf(ticks: number): number;
}

/** Exact: times like 30000/1001 and an interval of 10 s meet without rounding. */
export const createGrid = (timeBase: TimeBase, startTicks: number, intervalSeconds: number): MomentGrid => {
  const intervalMicroseconds = BigInt(Math.round(intervalSeconds * 1e6));
  const dividend = intervalMicroseconds * BigInt(timeBase.denominator);
  const divisor = BigInt(timeBase.numerator) * 1_000_000n;
  const intervalTicks = Number(dividend) / Number(divisor);

  const ticksOf = (moment: number): number =>
    startTicks + Number((BigInt(moment) * dividend + divisor - 1n) / divisor);

  const momentOf = (ticks: number): number => {
    const estimate = Math.max(0, Math.floor((ticks - startTicks) / intervalTicks));
    if (ticks < ticksOf(estimate)) return estimate - 1;
    return ticks >= ticksOf(estimate + 1) ? estimate + 1 : estimate;
  };
  return { ticksOf, momentOf };
};

/** How many moments lie before an end: those at which a video of this length would show a frame. */
export const momentsBefore = (durationSeconds: number, intervalSeconds: number): number =>
  Math.max(0, Math.ceil(durationSeconds / intervalSeconds));

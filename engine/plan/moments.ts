import type { TimeBase } from './timeline.ts';

/** Converts between moments s + k·i and ticks of a video; s is its start, i the interval, k = 0, 1, 2, … */
export interface MomentGrid {
  /** The first tick at or after moment k. */
  ticksOf(moment: number): number;
  /** The last moment at or before a tick. */
  momentOf(ticks: number): number;
}

/** Exact integer arithmetic: a time base like 1001/30000 and an interval of 10 s cause no rounding errors. */
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

/** The number of moments before the end: a video of this duration shows a frame at each of them. */
export const momentsBefore = (durationSeconds: number, intervalSeconds: number): number =>
  Math.max(0, Math.ceil(durationSeconds / intervalSeconds));

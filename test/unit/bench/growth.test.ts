import { describe, expect, it } from 'vitest';
import { growthOf } from '../../../bench/load/growth.ts';

/** One sample per second for 100 seconds, of this size. */
const samples = (sizeAt: (second: number) => number) =>
  Array.from({ length: 101 }, (_, atSeconds) => ({ atSeconds, processes: 1, mebibytes: sizeAt(atSeconds) }));

describe('the growth of a process', () => {
  it('compares the medians of the first and the last tenth', () => {
    const jagged = samples((second) => (second % 2 === 0 ? 100 : 104) + (second === 3 ? 900 : 0));
    expect(growthOf(jagged, 0, 100)).toEqual({ firstTenth: 100, lastTenth: 100, isFlat: true });
  });

  it('is flat up to 20 MiB of a small one and 20 % of a large one', () => {
    expect(
      growthOf(
        samples((second) => 50 + second * 0.2),
        0,
        100,
      )?.isFlat,
    ).toBe(true);
    expect(
      growthOf(
        samples((second) => 50 + second * 0.3),
        0,
        100,
      )?.isFlat,
    ).toBe(false);
    expect(
      growthOf(
        samples((second) => 500 + second),
        0,
        100,
      )?.isFlat,
    ).toBe(true);
    expect(
      growthOf(
        samples((second) => 500 + second * 1.3),
        0,
        100,
      )?.isFlat,
    ).toBe(false);
  });

  it('ignores samples before its start', () => {
    const warmed = samples((second) => (second < 20 ? 10 : 200));
    expect(growthOf(warmed, 0, 100)?.isFlat).toBe(false);
    expect(growthOf(warmed, 20, 100)?.isFlat).toBe(true);
  });

  it('is unknown when the process did not run in the first or the last tenth', () => {
    expect(growthOf(samples(() => 1).slice(0, 50), 0, 100)).toBeUndefined();
    expect(growthOf([], 0, 100)).toBeUndefined();
  });
});

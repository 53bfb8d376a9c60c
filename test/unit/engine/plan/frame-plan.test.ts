import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupByKeyframe, planFrames } from '../../../../engine/plan/frame-plan.ts';
import { ListedSamples, type SampleIndex } from '../../../../engine/plan/listed-samples.ts';
import { createGrid, momentsBefore } from '../../../../engine/plan/moments.ts';
import { startOf, type TimeBase } from '../../../../engine/plan/timeline.ts';
import { isSubstitute } from '../../../../engine/policy.ts';

const TICKS: TimeBase = { numerator: 1, denominator: 12_800 };
const MILLISECONDS: TimeBase = { numerator: 1, denominator: 1000 };

const samplesAt = (times: readonly number[], timeBase: TimeBase, exact = true): SampleIndex => ({
  timeBase,
  times: Float64Array.from(times),
  keyframes: Float64Array.from(times, () => times[0] ?? 0),
  startsWithKeyframe: true,
  endTicks: (times.at(-1) ?? 0) + 1,
  exact,
});
const steady = (count: number, step: number, start = 0) =>
  Array.from({ length: count }, (_, position) => start + position * step);
const plan = (samples: SampleIndex, intervalSeconds = 10, maxFrames = 10_000) => {
  const { timeBase, exact } = samples;
  const startTicks = Math.min(...samples.times);
  const grid = createGrid(timeBase, startTicks, intervalSeconds);
  return planFrames(
    { grid, startTicks, exact, intervalSeconds, maxFrames },
    new ListedSamples(samples, grid),
  );
};

describe('planFrames', () => {
  it.each([
    [3, 1],
    [10, 1],
    [10.04, 2],
    [34.5, 4],
    [600, 60],
  ])('gives a video of %d s at 25 fps %d frames', (seconds, frames) => {
    expect(plan(samplesAt(steady(Math.round(seconds * 25), 512), TICKS))).toHaveLength(frames);
  });

  it('gives a single picture one frame', () => {
    expect(plan(samplesAt([0], TICKS))).toMatchObject([
      { index: 0, requestedTimeSeconds: 0, thresholdTicks: 0 },
    ]);
  });

  it('takes the first picture after each moment at 29.97 fps, where no picture falls on a moment', () => {
    const planned = plan(samplesAt(steady(1034, 1001), { numerator: 1, denominator: 30_000 }));
    expect(planned.map((frame) => frame.thresholdTicks)).toEqual([0, 300 * 1001, 600 * 1001, 900 * 1001]);
  });

  it('takes the first picture at or after each moment with Matroska’s times, rounded to milliseconds', () => {
    const times = steady(1034, 1).map((position) => Math.round((position * 1001) / 30));
    const planned = plan(samplesAt(times, MILLISECONDS));
    expect(planned.map((frame) => frame.thresholdTicks)).toEqual([0, 10_010, 20_020, 30_030]);
  });

  it('counts moments from the presentation time of the first picture', () => {
    const planned = plan(samplesAt(steady(300, 100, 5_000), MILLISECONDS));
    expect(planned.map((frame) => frame.thresholdTicks)).toEqual([5_000, 15_000, 25_000]);
  });

  it('orders pictures by presentation, not by storage', () => {
    const planned = plan(samplesAt([0, 10_080, 10_000, 10_040, 10_120], MILLISECONDS));
    expect(planned.map((frame) => frame.thresholdTicks)).toEqual([0, 10_000]);
  });

  it('gives a picture that serves several moments one entry, for the earliest moment', () => {
    const planned = plan(samplesAt([0, 25_000, 50_000], MILLISECONDS));
    expect(planned.map((frame) => [frame.index, frame.requestedTimeSeconds, frame.thresholdTicks])).toEqual([
      [0, 0, 0],
      [1, 10, 25_000],
      [2, 30, 50_000],
    ]);
  });

  it('refuses two pictures that lie a million seconds apart', () => {
    expect(() => plan(samplesAt([0, 1e9], MILLISECONDS))).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_FRAMES' }),
    );
  });

  it('allows as many frames as the limit and no more', () => {
    expect(plan(samplesAt(steady(5, 1000), MILLISECONDS), 1, 5)).toHaveLength(5);
    expect(() => plan(samplesAt(steady(6, 1000), MILLISECONDS), 1, 5)).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_FRAMES' }),
    );
  });

  it('plans by moments instead of samples when presentation times are unknown', () => {
    const planned = plan(samplesAt(steady(863, 1), { numerator: 1, denominator: 25 }, false));
    expect(planned.map((frame) => frame.thresholdTicks)).toEqual([0, 250, 500, 750]);
  });

  it('finds the same pictures as an exhaustive search, for any times', () => {
    const arbitraryTimes = fc.uniqueArray(fc.integer({ min: -5_000, max: 200_000 }), { minLength: 1 });
    fc.assert(
      fc.property(arbitraryTimes, fc.integer({ min: 1, max: 30 }), (times, intervalSeconds) => {
        const planned = plan(samplesAt(times, MILLISECONDS), intervalSeconds);
        const sorted = [...times].sort((a, b) => a - b);
        const [start = 0] = sorted;
        const wanted = new Set<number>();
        for (let moment = start; moment <= (sorted.at(-1) ?? 0); moment += intervalSeconds * 1000) {
          const frame = sorted.find((time) => time >= moment);
          if (frame !== undefined) wanted.add(frame);
        }
        expect(planned.map((frame) => frame.thresholdTicks)).toEqual([...wanted]);
        expect(planned.map((frame) => frame.index)).toEqual(planned.map((_, position) => position));
      }),
    );
  });
});

describe('planFrames, when the first picture is decoded before the first listed sample', () => {
  const planFrom = (times: readonly number[]) => {
    const grid = createGrid(MILLISECONDS, 0, 10);
    const samples = new ListedSamples(samplesAt(times, MILLISECONDS), grid);
    return planFrames({ grid, startTicks: 0, exact: true, intervalSeconds: 10, maxFrames: 10 }, samples).map(
      ({ requestedTimeSeconds, thresholdTicks }) => [requestedTimeSeconds, thresholdTicks],
    );
  };

  it('takes that picture as the first frame, then the sample for the moments after it', () => {
    expect(planFrom([25_000, 41_000])).toEqual([
      [0, 0],
      [10, 25_000],
      [30, 41_000],
    ]);
  });

  it('takes only that picture when no sample follows', () => {
    expect(planFrom([-40])).toEqual([[0, 0]]);
    expect(planFrom([])).toEqual([[0, 0]]);
  });
});

describe('A picture later than the planned one', () => {
  const planned = { index: 0, requestedTimeSeconds: 0, thresholdTicks: 100, keyframeTicks: 0 };
  const timeline = { timeBase: MILLISECONDS, startTicks: 0, endTicks: 1000, frameTicks: 39.5 };

  it('is a substitute when presentation times are known', () => {
    expect(isSubstitute(planned, 100, { ...timeline, exact: true })).toBe(false);
    expect(isSubstitute(planned, 101, { ...timeline, exact: true })).toBe(true);
  });

  it('is a substitute only from more than one picture later when presentation times are unknown', () => {
    expect(isSubstitute(planned, 140, { ...timeline, exact: false })).toBe(false);
    expect(isSubstitute(planned, 141, { ...timeline, exact: false })).toBe(true);
  });
});

describe('startOf', () => {
  it('is the opening keyframe, even if it cannot be decoded', () => {
    expect(startOf({ ticks: 0, isKeyframe: true, exact: true }, 80)).toBe(0);
  });

  it('is the first decoded picture when the samples before it have no keyframe', () => {
    expect(startOf({ ticks: 0, isKeyframe: false, exact: true }, 80)).toBe(80);
  });
});

describe('groupByKeyframe', () => {
  it('keeps frames of one keyframe together, up to a maximum size', () => {
    const frame = (index: number, keyframeTicks: number) => ({
      ...{ index, keyframeTicks, requestedTimeSeconds: index, thresholdTicks: index },
    });
    const frames = [
      frame(0, 0),
      frame(1, 0),
      frame(2, 0),
      frame(3, 3),
      frame(4, Number.NaN),
      frame(5, Number.NaN),
    ];
    expect(groupByKeyframe(frames, 2).map((group) => group.map(({ index }) => index))).toEqual([
      [0, 1],
      [2],
      [3],
      [4],
      [5],
    ]);
  });
});

describe('momentsBefore', () => {
  it.each([
    [0, 0],
    [0.3, 1],
    [10, 1],
    [10.01, 2],
    [34.5, 4],
  ])('counts the moments at which a video of %d s shows a frame: %d', (seconds, moments) => {
    expect(momentsBefore(seconds, 10)).toBe(moments);
  });
});

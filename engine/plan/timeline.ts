/** Seconds per tick, as a fraction. */
export interface TimeBase {
  numerator: number;
  denominator: number;
}

/** The time scale of one video. Times are in ticks of `timeBase`. */
export interface Timeline {
  timeBase: TimeBase;
  /** Presentation time of the first frame. */
  startTicks: number;
  /** Where the last sample ends. */
  endTicks: number;
  /** Typical distance between two frames. */
  frameTicks: number;
  /** Whether the container stores presentation times. AVI with B-frames does not. */
  exact: boolean;
}

/** The video's first sample, as its container lists it. */
export interface FirstSample {
  /** Presentation time; decode time if not `exact`. */
  ticks: number;
  isKeyframe: boolean;
  exact: boolean;
}

export const secondsOf = (ticks: number, { numerator, denominator }: TimeBase): number =>
  (ticks * numerator) / denominator;

/** From the first frame's presentation to the last one's end, in seconds. */
export const durationSecondsOf = ({ timeBase, startTicks, endTicks }: Timeline): number =>
  secondsOf(Math.max(endTicks, startTicks) - startTicks, timeBase);

/**
 * The presentation time of the video's first frame. Usually it is the time of the first decoded picture. If the first
 * keyframe is damaged, the video still begins at that keyframe.
 */
export const startOf = ({ ticks, isKeyframe, exact }: FirstSample, firstDecodedTicks: number): number =>
  exact && isKeyframe ? Math.min(ticks, firstDecodedTicks) : firstDecodedTicks;

/** The average distance between samples at these times, which are in ascending order. */
export const spacingOf = (times: ArrayLike<number>): number =>
  Math.max(1, ((times[times.length - 1] ?? 0) - (times[0] ?? 0)) / Math.max(1, times.length - 1));

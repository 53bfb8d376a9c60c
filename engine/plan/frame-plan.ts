import { ExtractionError } from '../errors.ts';

/** Seconds per tick, as a fraction. */
export interface TimeBase {
  numerator: number;
  denominator: number;
}

/** The video's samples as its container lists them, without decoding. Times are in ticks of `timeBase`. */
export interface SampleIndex {
  timeBase: TimeBase;
  /** Of each sample that is shown, in storage order: its presentation time; where not `exact`, its decode time. */
  times: Float64Array;
  /** Of each of these samples: the time of the keyframe to decode from; NaN where unknown. */
  keyframes: Float64Array;
  /** Whether the first sample shown is a keyframe, hence the first picture. */
  startsWithKeyframe: boolean;
  /** Where the last sample ends. */
  endTicks: number;
  /** Whether the container tells presentation times. AVI does not where there are B-frames. */
  exact: boolean;
}

/** A frame to be extracted: the first one presented at or after `thresholdTicks`. */
export interface PlannedFrame {
  index: number;
  requestedTimeSeconds: number;
  /** The presentation time of the frame itself where the index is exact, else of the moment asked for. */
  thresholdTicks: number;
  /** Where decoding has to begin; NaN where unknown. */
  keyframeTicks: number;
}

export interface PlanRequest {
  samples: SampleIndex;
  /** Presentation time of the first frame. */
  startTicks: number;
  intervalSeconds: number;
  maxFrames: number;
}

/**
 * The presentation time of the video's first frame. Usually that of the first picture decoded; but where the
 * opening keyframe is damaged, the video still begins with it.
 */
export const startOf = (samples: SampleIndex, firstDecodedTicks: number): number => {
  const first = samples.times[0];
  return samples.exact && samples.startsWithKeyframe && first !== undefined
    ? Math.min(first, firstDecodedTicks)
    : firstDecodedTicks;
};

/**
 * Which frames there are. With s the first frame's presentation time and i the interval, each moment s + k·i asks
 * for the first frame presented at or after it. Moments that ask for the same frame (no picture changes between
 * them) get it once, for the earliest of them: never two entries for one picture.
 *
 * @throws ExtractionError TOO_MANY_FRAMES when there are more than `maxFrames` moments, asked for once or often.
 */
export const planFrames = (request: PlanRequest): PlannedFrame[] => {
  const { samples, startTicks, intervalSeconds, maxFrames } = request;
  const grid = createGrid(samples.timeBase, startTicks, intervalSeconds);
  const earliest = new Map<number, { ticks: number; keyframeTicks: number }>();
  for (let position = 0; position < samples.times.length; position += 1) {
    const ticks = samples.times[position] ?? Number.NaN;
    if (!(ticks >= startTicks)) continue;
    const moment = grid.momentOf(ticks);
    if (moment >= maxFrames) {
      throw new ExtractionError('TOO_MANY_FRAMES', `more than ${maxFrames} moments to take a frame of`);
    }
    const known = earliest.get(moment);
    if (known !== undefined && known.ticks <= ticks) continue;
    earliest.set(moment, { ticks, keyframeTicks: samples.keyframes[position] ?? Number.NaN });
  }
  // The first decoded picture is there even where no sample's time says so.
  if (!earliest.has(0)) earliest.set(0, { ticks: startTicks, keyframeTicks: Number.NaN });
  const moments = [...earliest.entries()].sort(([a], [b]) => a - b);
  return moments.map(([moment, { ticks, keyframeTicks }], index) => ({
    index,
    requestedTimeSeconds: ((moments[index - 1]?.[0] ?? -1) + 1) * intervalSeconds,
    thresholdTicks: samples.exact ? ticks : grid.ticksOf(moment),
    keyframeTicks,
  }));
};

/** The frame at moment k, for an engine that asks whether there is one more than the index shows. */
export const plannedFrameAt = (request: PlanRequest, moment: number): PlannedFrame => ({
  index: moment,
  requestedTimeSeconds: moment * request.intervalSeconds,
  thresholdTicks: createGrid(request.samples.timeBase, request.startTicks, request.intervalSeconds).ticksOf(
    moment,
  ),
  keyframeTicks: Number.NaN,
});

/** How many moments lie before an end: those at which a video of this length would show a frame. */
export const momentsBefore = (durationSeconds: number, intervalSeconds: number): number =>
  Math.max(0, Math.ceil(durationSeconds / intervalSeconds));

/** Pictures of a group are held in memory until they are asked for: fewer at a time where they are large. */
const GROUP_PIXELS = 64_000_000;
const MAX_GROUP = 8;

/** How many frames of these pictures a group may hold. */
export const groupSizeFor = ({ width, height }: { width: number; height: number }): number =>
  Math.min(MAX_GROUP, Math.max(1, Math.floor(GROUP_PIXELS / Math.max(1, width * height))));

/** Consecutive frames that are decoded from one keyframe share one pass of the decoder, at most `size` of them. */
export const groupByKeyframe = (frames: readonly PlannedFrame[], size: number): PlannedFrame[][] => {
  const groups: PlannedFrame[][] = [];
  for (const frame of frames) {
    const group = groups.at(-1);
    const sameKeyframe = group?.[0]?.keyframeTicks === frame.keyframeTicks;
    if (group && sameKeyframe && group.length < size) group.push(frame);
    else groups.push([frame]);
  }
  return groups;
};

/** Moments s + k·i against ticks, exactly: times like 30000/1001 and an interval of 10 s meet without rounding. */
export const createGrid = (timeBase: TimeBase, startTicks: number, intervalSeconds: number) => {
  const intervalMicroseconds = BigInt(Math.round(intervalSeconds * 1e6));
  const dividend = intervalMicroseconds * BigInt(timeBase.denominator);
  const divisor = BigInt(timeBase.numerator) * 1_000_000n;
  const intervalTicks = Number(dividend) / Number(divisor);

  /** The first tick at or after moment k. */
  const ticksOf = (moment: number): number =>
    startTicks + Number((BigInt(moment) * dividend + divisor - 1n) / divisor);

  /** The last moment at or before a tick. */
  const momentOf = (ticks: number): number => {
    const estimate = Math.max(0, Math.floor((ticks - startTicks) / intervalTicks));
    if (ticks < ticksOf(estimate)) return estimate - 1;
    return ticks >= ticksOf(estimate + 1) ? estimate + 1 : estimate;
  };
  return { ticksOf, momentOf };
};

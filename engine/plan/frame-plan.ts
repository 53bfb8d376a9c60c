import { ExtractionError } from '../errors.ts';
import type { Span } from '../video.ts';
import type { MomentGrid } from './moments.ts';
import type { Timeline } from './timeline.ts';

/** A sample that a frame may be taken of. Times are in ticks. */
export interface Sample {
  /** When it is shown; where the timeline is not exact, when it is decoded. */
  ticks: number;
  /** Of the keyframe to decode from; NaN where unknown. */
  keyframeTicks: number;
  /** Bytes from that keyframe to the sample, where known. */
  span?: Span;
}

/** Finds samples by their time, without decoding. Asked in ascending order of times. */
export interface SampleFinder {
  /** The time of the last sample; undefined where only a pass through the whole file would tell. Asked first. */
  lastTicks(): number | undefined;
  /** The sample with the earliest time at or after `thresholdTicks`. */
  firstAt(thresholdTicks: number): Sample | undefined;
}

/** A frame to be extracted: the first one presented at or after `thresholdTicks`. */
export interface PlannedFrame {
  index: number;
  requestedTimeSeconds: number;
  /** The presentation time of the frame itself where the timeline is exact, else of the moment asked for. */
  thresholdTicks: number;
  /** Where decoding has to begin; NaN where unknown. */
  keyframeTicks: number;
  /** Bytes from that keyframe to the frame, where known. */
  span?: Span;
}

export interface PlanRequest extends Pick<Timeline, 'startTicks' | 'exact'> {
  grid: MomentGrid;
  intervalSeconds: number;
  maxFrames: number;
}

/**
 * Which frames there are. With s the first frame's presentation time and i the interval, each moment s + k·i asks
 * for the first frame presented at or after it. Moments that ask for the same frame (no picture changes between
 * them) get it once, for the earliest of them: never two entries for one picture.
 *
 * @throws ExtractionError TOO_MANY_FRAMES when there are more than `maxFrames` moments, asked for once or often.
 */
export const planFrames = (request: PlanRequest, samples: SampleFinder): PlannedFrame[] => {
  const { grid, startTicks, exact, intervalSeconds, maxFrames } = request;
  const tooMany = () =>
    new ExtractionError('TOO_MANY_FRAMES', `more than ${maxFrames} moments to take a frame of`);
  const last = samples.lastTicks();
  if (last !== undefined && grid.momentOf(last) >= maxFrames) throw tooMany();

  const frames: PlannedFrame[] = [];
  const add = (moment: number, thresholdTicks: number, sample: Omit<Sample, 'ticks'>) => {
    const { keyframeTicks, span } = sample;
    const requestedTimeSeconds = moment * intervalSeconds;
    frames.push({
      ...{ index: frames.length, requestedTimeSeconds, thresholdTicks, keyframeTicks },
      ...(span && { span }),
    });
  };
  // The first decoded picture is there even where no sample's time says so.
  const addOpening = () => add(0, startTicks, { keyframeTicks: Number.NaN });

  for (let moment = 0; last === undefined || grid.ticksOf(moment) <= last; ) {
    const sample = samples.firstAt(grid.ticksOf(moment));
    if (sample === undefined) break;
    const lastAnswered = grid.momentOf(sample.ticks);
    if (lastAnswered >= maxFrames) throw tooMany();
    if (moment === 0 && lastAnswered > 0) {
      addOpening();
      moment = 1;
    }
    add(moment, exact ? sample.ticks : grid.ticksOf(lastAnswered), sample);
    moment = lastAnswered + 1;
  }
  if (frames.length === 0) addOpening();
  return frames;
};

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

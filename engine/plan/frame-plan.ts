import { ExtractionError } from '../errors.ts';
import type { Span } from '../video.ts';
import type { MomentGrid } from './moments.ts';
import type { Timeline } from './timeline.ts';

/** A sample that can become a frame. Times are in ticks. */
export interface Sample {
  /** Presentation time; decode time if the timeline is not exact. */
  ticks: number;
  /** Time of the keyframe to decode from; NaN if unknown. */
  keyframeTicks: number;
  /** Bytes from that keyframe to the sample, if known. */
  span?: Span;
}

/** Finds samples by their time, without decoding. Callers ask in ascending order of times. */
export interface SampleFinder {
  /** The time of the last sample; undefined if finding it would need a pass through the whole file. Called first. */
  lastTicks(): number | undefined;
  /** The sample with the earliest time at or after `thresholdTicks`. */
  firstAt(thresholdTicks: number): Sample | undefined;
}

/** A frame to extract: the first one presented at or after `thresholdTicks`. */
export interface PlannedFrame {
  index: number;
  requestedTimeSeconds: number;
  /** The frame's presentation time if the timeline is exact; otherwise the time of the requested moment. */
  thresholdTicks: number;
  /** Where decoding must begin; NaN if unknown. */
  keyframeTicks: number;
  /** Bytes from that keyframe to the frame, if known. */
  span?: Span;
}

export interface PlanRequest extends Pick<Timeline, 'startTicks' | 'exact'> {
  grid: MomentGrid;
  intervalSeconds: number;
  maxFrames: number;
}

/**
 * Decides which frames to extract. With s the first frame's presentation time and i the interval, each moment s + k·i
 * requests the first frame presented at or after it. If several moments request the same frame (the picture does not
 * change between them), the plan contains it once, for the earliest moment.
 *
 * @throws ExtractionError TOO_MANY_FRAMES if there are more than `maxFrames` moments, even if several share a frame
 */
export const planFrames = (request: PlanRequest, samples: SampleFinder): PlannedFrame[] => {
  const { grid, startTicks, exact, intervalSeconds, maxFrames } = request;
  const tooMany = () => new ExtractionError('TOO_MANY_FRAMES', `more than ${maxFrames} moments`);
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
  // The first decoded picture exists even if no sample has its time.
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

/** Groups consecutive frames of one keyframe, at most `size` each: one decoder pass decodes a group. */
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

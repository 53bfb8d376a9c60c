import type { PlannedFrame } from './frame-plan.ts';
import { createGrid, momentsBefore } from './moments.ts';
import { secondsOf, type Timeline } from './timeline.ts';

/** Frames that a decoder may delay. The end may differ from the last decode time by this many frames. */
const REORDER_FRAMES = 20;

/**
 * Settles the end of the plan. If the container stores no presentation times, decode times may be too coarse to show
 * whether there is a frame at the last moment. Then this function asks the decoder.
 *
 * @param exists whether there is a frame at or after a planned one's moment.
 */
export const settleEnd = async (
  frames: readonly PlannedFrame[],
  timeline: Timeline,
  intervalSeconds: number,
  exists: (frame: PlannedFrame) => Promise<boolean>,
): Promise<readonly PlannedFrame[]> => {
  const { startTicks, endTicks, frameTicks, timeBase, exact } = timeline;
  if (exact) return frames;
  const momentsAt = (ticks: number) =>
    momentsBefore(secondsOf(ticks - startTicks, timeBase), intervalSeconds);
  const fewest = momentsAt(endTicks - REORDER_FRAMES * frameTicks);
  const most = momentsAt(endTicks + REORDER_FRAMES * frameTicks);
  if (fewest === most || frames.length < fewest) return frames;
  const grid = createGrid(timeBase, startTicks, intervalSeconds);
  const settled = frames.filter((frame) => frame.requestedTimeSeconds < fewest * intervalSeconds);
  for (let moment = Math.max(1, fewest); moment < most; moment += 1) {
    const candidate: PlannedFrame = {
      ...{ index: settled.length, requestedTimeSeconds: moment * intervalSeconds },
      ...{ thresholdTicks: grid.ticksOf(moment), keyframeTicks: Number.NaN },
    };
    if (!(await exists(candidate))) break;
    settled.push(candidate);
  }
  return settled.length > 0 ? settled : frames.slice(0, 1);
};

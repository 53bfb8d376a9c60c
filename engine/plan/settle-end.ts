import { momentsBefore, type PlannedFrame, type PlanRequest, plannedFrameAt } from './frame-plan.ts';

/** How many frames a decoder may hold back: by so much the end may differ from the last decode time. */
const REORDER_FRAMES = 20;

/**
 * Where the container tells no presentation times, whether there is a frame at the last moment can be closer than
 * decode times tell: then the decoder is asked.
 *
 * @param frameTicks the usual distance between two frames.
 * @param exists whether there is a frame at or after a planned one's moment.
 */
export const settleEnd = async (
  plan: PlannedFrame[],
  request: PlanRequest,
  frameTicks: number,
  exists: (frame: PlannedFrame) => Promise<boolean>,
): Promise<PlannedFrame[]> => {
  const { samples, startTicks, intervalSeconds } = request;
  if (samples.exact) return plan;
  const { numerator, denominator } = samples.timeBase;
  const momentsAt = (ticks: number) =>
    momentsBefore(((ticks - startTicks) * numerator) / denominator, intervalSeconds);
  const fewest = momentsAt(samples.endTicks - REORDER_FRAMES * frameTicks);
  const most = momentsAt(samples.endTicks + REORDER_FRAMES * frameTicks);
  if (fewest === most || plan.length < fewest) return plan;
  const settled = plan.filter((frame) => frame.requestedTimeSeconds < fewest * intervalSeconds);
  for (let moment = Math.max(1, fewest); moment < most; moment += 1) {
    const candidate = { ...plannedFrameAt(request, moment), index: settled.length };
    if (!(await exists(candidate))) break;
    settled.push(candidate);
  }
  return settled.length > 0 ? settled : plan.slice(0, 1);
};

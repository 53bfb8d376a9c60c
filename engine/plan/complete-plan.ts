import type { PlannedFrame } from './frame-plan.ts';
import { settleEnd } from './settle-end.ts';
import type { Timeline } from './timeline.ts';
import { requireWhole } from './wholeness.ts';

/** A plan made of the container's listing alone. */
export interface DraftPlan {
  frames: readonly PlannedFrame[];
  timeline: Timeline;
  intervalSeconds: number;
  /** The file ends before its own structure says that it does. */
  cutOff: boolean;
  /** How long the video lasts by its own word; 0 where it says nothing. */
  declaredSeconds: number;
}

/**
 * Completes a plan: settles its end with the decoder where the listing does not tell it, and refuses a file that was cut off.
 *
 * @param exists whether the decoder finds a frame at or after a planned one's moment.
 * @throws ExtractionError CORRUPT_VIDEO
 */
export const completePlan = async (
  { frames, timeline, intervalSeconds, cutOff, declaredSeconds }: DraftPlan,
  exists: (frame: PlannedFrame) => Promise<boolean>,
): Promise<readonly PlannedFrame[]> => {
  const plan = await settleEnd(frames, timeline, intervalSeconds, exists);
  requireWhole({ cutOff, declaredSeconds, plan, intervalSeconds });
  return plan;
};

import type { PlannedFrame } from './frame-plan.ts';
import { settleEnd } from './settle-end.ts';
import type { Timeline } from './timeline.ts';
import { requireWhole } from './wholeness.ts';

/** A plan made only from the container's listing. */
export interface DraftPlan {
  frames: readonly PlannedFrame[];
  timeline: Timeline;
  intervalSeconds: number;
  /** The file is shorter than its structure says. */
  cutOff: boolean;
  /** The duration that the file declares; 0 if it declares none. */
  declaredSeconds: number;
}

/**
 * Completes a plan: asks the decoder for the end if the listing does not contain it, and refuses a truncated file.
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

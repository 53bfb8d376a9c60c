import { ExtractionError } from '../errors.ts';
import type { PlannedFrame } from './frame-plan.ts';
import { momentsBefore } from './moments.ts';

export interface WholenessCheck {
  /** The file ends before its own structure says that it does. */
  cutOff: boolean;
  /** How long the video lasts by its own word; 0 where it says nothing. */
  declaredSeconds: number;
  plan: readonly PlannedFrame[];
  intervalSeconds: number;
}

/**
 * A file that was cut off gives fewer frames than its video has. Neither its structure alone nor its declared
 * duration proves that (a live recording has no size, an audio track may be longer), but both together do.
 *
 * @throws ExtractionError CORRUPT_VIDEO
 */
export const requireWhole = ({ cutOff, declaredSeconds, plan, intervalSeconds }: WholenessCheck): void => {
  const promised = momentsBefore(declaredSeconds, intervalSeconds);
  const planned = Math.round((plan.at(-1)?.requestedTimeSeconds ?? 0) / intervalSeconds) + 1;
  if (cutOff && promised > planned) {
    throw new ExtractionError('CORRUPT_VIDEO', `cut off: ${planned} of ${promised} frames are there`);
  }
};

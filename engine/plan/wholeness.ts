import { ExtractionError } from '../errors.ts';
import type { PlannedFrame } from './frame-plan.ts';
import { momentsBefore } from './moments.ts';

export interface WholenessCheck {
  /** The file is shorter than its structure says. */
  cutOff: boolean;
  /** The duration that the file declares; 0 if it declares none. */
  declaredSeconds: number;
  plan: readonly PlannedFrame[];
  intervalSeconds: number;
}

/**
 * Refuses a truncated file, which would give fewer frames than its video has. The structure or the declared duration is
 * not enough evidence (a live recording has no size, an audio track may be longer), but both together are.
 *
 * @throws ExtractionError CORRUPT_VIDEO
 */
export const requireWhole = ({ cutOff, declaredSeconds, plan, intervalSeconds }: WholenessCheck): void => {
  const promised = momentsBefore(declaredSeconds, intervalSeconds);
  const planned = Math.round((plan.at(-1)?.requestedTimeSeconds ?? 0) / intervalSeconds) + 1;
  if (cutOff && promised > planned) {
    throw new ExtractionError('CORRUPT_VIDEO', `truncated: ${planned} of ${promised} frames found`);
  }
};

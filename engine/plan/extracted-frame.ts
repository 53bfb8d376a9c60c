import { ExtractionError } from '../errors.ts';
import { isSubstitute } from '../policy.ts';
import type { ExtractedFrame } from '../video.ts';
import type { PlannedFrame } from './frame-plan.ts';
import { secondsOf, type Timeline } from './timeline.ts';

/** The picture that an engine decoded for a planned frame. */
export interface FoundPicture {
  /** Presentation time. */
  ticks: number;
  /** Size of the JPEG, after rotation. */
  width: number;
  height: number;
  jpeg: Uint8Array;
}

/** Combines a planned frame and its picture. */
export const toExtractedFrame = (
  planned: PlannedFrame,
  { ticks, width, height, jpeg }: FoundPicture,
  timeline: Timeline,
): ExtractedFrame => ({
  index: planned.index,
  requestedTimeSeconds: planned.requestedTimeSeconds,
  timeSeconds: secondsOf(ticks - timeline.startTicks, timeline.timeBase),
  ...{ width, height, jpeg },
  substituted: isSubstitute(planned, ticks, timeline),
});

/** The error for a planned frame if neither it nor any later picture can be decoded. */
export const missingFrame = ({ requestedTimeSeconds }: PlannedFrame): ExtractionError =>
  new ExtractionError('CORRUPT_VIDEO', `no frame can be decoded from ${requestedTimeSeconds} s on`);

import { ExtractionError } from '../errors.ts';
import { isSubstitute } from '../policy.ts';
import type { ExtractedFrame } from '../video.ts';
import type { PlannedFrame } from './frame-plan.ts';
import { secondsOf, type Timeline } from './timeline.ts';

/** A picture that an engine found for a planned frame. */
export interface FoundPicture {
  /** Its presentation time. */
  ticks: number;
  /** Of the JPEG, rotation applied. */
  width: number;
  height: number;
  jpeg: Uint8Array;
}

/** The frame that a picture answers. */
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

/** Neither a planned frame nor any picture after it can be decoded. */
export const missingFrame = ({ requestedTimeSeconds }: PlannedFrame): ExtractionError =>
  new ExtractionError('CORRUPT_VIDEO', `no frame can be decoded from ${requestedTimeSeconds} s on`);

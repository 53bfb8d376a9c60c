import { planFrames } from '../../plan/frame-plan.ts';
import { createGrid } from '../../plan/moments.ts';
import { startOf } from '../../plan/timeline.ts';
import type { PlanOrder, VideoPlan } from '../protocol.ts';
import type { Demuxer } from './demuxer.ts';
import { PacketReader } from './packet-reader.ts';
import { SampleSeeker } from './sample-seeker.ts';

/** Decides which frames to extract, using only packets.
 *
 * @throws ExtractionError TOO_MANY_FRAMES, CORRUPT_VIDEO
 */
export const planVideo = (
  demuxer: Demuxer,
  { firstDecodedTicks, intervalSeconds, maxFrames }: PlanOrder,
): Omit<VideoPlan, 'partialFile'> & { hasPartialSample: boolean } => {
  const packets = new PacketReader(demuxer);
  const { frameTicks, ...first } = packets.lookAtStart();
  const { exact } = first;
  const startTicks = startOf(first, firstDecodedTicks);
  const { num: numerator, den: denominator } = demuxer.stream.timeBase;
  const timeBase = { numerator, denominator };
  const grid = createGrid(timeBase, startTicks, intervalSeconds);
  const request = { grid, startTicks, exact, intervalSeconds, maxFrames };
  const frames = planFrames(request, new SampleSeeker(packets));
  const { endTicks, isSeekable, hasPartialSample } = packets;
  return {
    frames,
    timeline: { timeBase, startTicks, endTicks, frameTicks, exact },
    ...{ isSeekable, hasPartialSample },
  };
};

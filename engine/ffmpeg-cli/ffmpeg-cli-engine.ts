import { availableParallelism } from 'node:os';
import { identifyContainer } from '../containers/identify-container.ts';
import { ExtractionError } from '../errors.ts';
import type { ExtractionRequest, ResumableEngine, ResumableExtraction } from '../extraction.ts';
import { orderedPrefetch } from '../ordered-prefetch.ts';
import { completePlan } from '../plan/complete-plan.ts';
import { groupByKeyframe, planFrames } from '../plan/frame-plan.ts';
import { ListedSamples, type SampleIndex } from '../plan/listed-samples.ts';
import { createGrid } from '../plan/moments.ts';
import { durationSecondsOf, spacingOf, startOf, type Timeline } from '../plan/timeline.ts';
import { groupSizeFor } from '../policy.ts';
import type { ExtractedFrame } from '../video.ts';
import { FfmpegSession } from './ffmpeg-session.ts';
import { FramePicker } from './frame-picker.ts';
import { copyPrivately, type PrivateCopy } from './private-copy.ts';

export interface FfmpegCliOptions {
  /** Path of FFmpeg. */
  binary: string;
  /** Concurrent processes. @default one per CPU, at most 2 */
  concurrency?: number;
  /** CPU seconds after which a process ends itself. @default 900 */
  cpuSeconds?: number;
}

/**
 * Extracts frames with the FFmpeg command line. It copies the file to a private directory, lists its packets without
 * decoding, and decodes each frame from the keyframe before it.
 */
export class FfmpegCliEngine implements ResumableEngine {
  readonly name = 'ffmpeg-cli';
  readonly #binary: string;
  readonly #concurrency: number;
  readonly #cpuSeconds: number;

  constructor(options: FfmpegCliOptions) {
    this.#binary = options.binary;
    this.#concurrency = options.concurrency ?? Math.min(2, availableParallelism());
    this.#cpuSeconds = options.cpuSeconds ?? 900;
  }

  async open(request: ExtractionRequest): Promise<ResumableExtraction> {
    const copy = await copyPrivately(request.source, request.signal);
    // Ends this extraction's processes without waiting for the caller's own signal.
    const closing = new AbortController();
    try {
      return await this.#inspect(request, copy, closing);
    } catch (error) {
      closing.abort(error);
      await copy.remove();
      throw error;
    }
  }

  async #inspect(
    { source, intervalSeconds, maxFrames, signal }: ExtractionRequest,
    copy: PrivateCopy,
    closing: AbortController,
  ): Promise<ResumableExtraction> {
    const identified = identifyContainer(copy.head);
    const session = new FfmpegSession({
      binary: this.#binary,
      directory: copy.directory,
      container: identified.container,
      cpuSeconds: this.#cpuSeconds,
      signal: AbortSignal.any([signal, closing.signal]),
    });
    const listing = await session.listSamples();
    const { samples, highDynamicRange } = listing;
    const threads = Math.max(1, Math.floor(availableParallelism() / this.#concurrency));
    const first = await session.pick({
      thresholds: [Number.MIN_SAFE_INTEGER],
      seekSeconds: undefined,
      highDynamicRange,
      threads,
    });
    const firstTicks = first.picked[0]?.pts;
    if (firstTicks === undefined) throw new ExtractionError('CORRUPT_VIDEO', 'no frame can be decoded');

    const timeline = timelineOf(samples, firstTicks);
    const picker = new FramePicker({ session, timeline, highDynamicRange, threads });
    const grid = createGrid(samples.timeBase, timeline.startTicks, intervalSeconds);
    const listed = new ListedSamples(samples, grid);
    const frames = planFrames({ ...timeline, grid, intervalSeconds, maxFrames }, listed);
    const cutOff = listing.partialFile || (identified.claimedBytes ?? 0) > source.sizeBytes;
    const declaredSeconds = Math.max(listing.declaredDurationSeconds ?? 0, identified.claimedSeconds ?? 0);
    const plan = await completePlan({ frames, timeline, intervalSeconds, cutOff, declaredSeconds }, (frame) =>
      picker.exists(frame),
    );

    const groupsFrom = (from: number) => groupByKeyframe(plan.slice(from), groupSizeFor(listing));
    return {
      summary: {
        container: identified.container,
        codec: listing.codec,
        durationSeconds: durationSecondsOf(timeline),
        width: listing.width,
        height: listing.height,
        framesExpected: plan.length,
      },
      usage: () => ({ engine: this.name, bytesRead: source.sizeBytes, requests: 1 }),
      frames: (from = 0) =>
        flatten(
          orderedPrefetch(groupsFrom(from), this.#concurrency, (group, leaving) =>
            picker.pickGroup(group, leaving),
          ),
        ),
      close: async () => {
        closing.abort(new Error('The extraction was closed'));
        await session.idle();
        await copy.remove();
      },
    };
  }
}

const timelineOf = (samples: SampleIndex, firstDecodedTicks: number): Timeline => {
  const { timeBase, times, startsWithKeyframe: isKeyframe, endTicks, exact } = samples;
  const startTicks = startOf({ ticks: times[0] ?? firstDecodedTicks, isKeyframe, exact }, firstDecodedTicks);
  return { timeBase, startTicks, endTicks, frameTicks: spacingOf(times), exact };
};

async function* flatten(groups: AsyncIterable<ExtractedFrame[]>): AsyncGenerator<ExtractedFrame> {
  for await (const group of groups) yield* group;
}

import { availableParallelism } from 'node:os';
import { identifyContainer } from '../containers/sniff-container.ts';
import { ExtractionError } from '../errors.ts';
import type { ExtractionRequest, ResumableEngine, ResumableExtraction } from '../extraction.ts';
import { orderedPrefetch } from '../ordered-prefetch.ts';
import { groupByKeyframe, groupSizeFor, type PlanRequest, planFrames, startOf } from '../plan/frame-plan.ts';
import { settleEnd } from '../plan/settle-end.ts';
import { requireWhole } from '../plan/wholeness.ts';
import type { ExtractedFrame } from '../video.ts';
import { FfmpegSession } from './ffmpeg-session.ts';
import { FramePicker } from './frame-picker.ts';
import { copyPrivately, type PrivateCopy } from './private-copy.ts';

export interface FfmpegCliOptions {
  /** Path of the binary. */
  binary: string;
  /** Processes at a time. @default one per CPU, at most 2 */
  concurrency?: number;
  /** CPU seconds after which a process ends itself. @default 900 */
  cpuSeconds?: number;
}

/**
 * Extraction by the FFmpeg command line: the file is copied to a private directory, its packets are listed without
 * decoding, and each frame is sought and decoded from the keyframe before it.
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
    const sniffed = identifyContainer(copy.head);
    const session = new FfmpegSession({
      binary: this.#binary,
      directory: copy.directory,
      container: sniffed.container,
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

    const startTicks = startOf(samples, firstTicks);
    const picker = new FramePicker({ session, samples, startTicks, highDynamicRange, threads });
    const planRequest: PlanRequest = { samples, startTicks, intervalSeconds, maxFrames };
    const frameTicks = (samples.endTicks - startTicks) / samples.times.length;
    const plan = await settleEnd(planFrames(planRequest), planRequest, frameTicks, (frame) =>
      picker.exists(frame),
    );
    const seconds = (ticks: number) => (ticks * samples.timeBase.numerator) / samples.timeBase.denominator;
    requireWhole({
      cutOff: listing.partialFile || (sniffed.claimedBytes ?? 0) > source.sizeBytes,
      declaredSeconds: Math.max(listing.declaredDurationSeconds ?? 0, sniffed.claimedSeconds ?? 0),
      ...{ plan, intervalSeconds },
    });

    const groupsFrom = (from: number) => groupByKeyframe(plan.slice(from), groupSizeFor(listing));
    return {
      summary: {
        container: sniffed.container,
        codec: listing.codec,
        durationSeconds: seconds(Math.max(samples.endTicks, startTicks) - startTicks),
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

async function* flatten(groups: AsyncIterable<ExtractedFrame[]>): AsyncGenerator<ExtractedFrame> {
  for await (const group of groups) yield* group;
}

import { availableParallelism } from 'node:os';
import { type SniffedContainer, sniffContainer } from '../../core/container.ts';
import { ExtractionError } from '../../core/errors.ts';
import {
  groupByKeyframe,
  momentsBefore,
  type PlannedFrame,
  type PlanRequest,
  planFrames,
  plannedFrameAt,
  startOf,
} from '../../core/frame-plan.ts';
import type { Extraction, ExtractionEngine, ExtractionRequest } from '../../core/ports.ts';
import type { ExtractedFrame } from '../../core/video.ts';
import { FfmpegSession, type StreamListing } from './ffmpeg-session.ts';
import { FramePicker } from './frame-picker.ts';
import { orderedPrefetch } from './ordered-prefetch.ts';
import { copyPrivately, type PrivateCopy } from './private-copy.ts';

export interface FfmpegCliOptions {
  /** Path of the binary. */
  binary: string;
  /** Processes at a time. @default one per CPU, at most 2 */
  concurrency?: number;
  /** CPU seconds after which a process ends itself. @default 900 */
  cpuSeconds?: number;
}

/** Pictures of a group are held in memory until they are asked for: fewer at a time where they are large. */
const GROUP_PIXELS = 64_000_000;
const MAX_GROUP = 8;

/** How many frames a decoder may hold back: by so much the end may differ from the last decode time. */
const REORDER_FRAMES = 20;

/**
 * Extraction by the FFmpeg command line: the file is copied to a private directory, its packets are listed without
 * decoding, and each frame is sought and decoded from the keyframe before it.
 */
export class FfmpegCliEngine implements ExtractionEngine {
  readonly name = 'ffmpeg-cli';
  readonly #binary: string;
  readonly #concurrency: number;
  readonly #cpuSeconds: number;

  constructor(options: FfmpegCliOptions) {
    this.#binary = options.binary;
    this.#concurrency = options.concurrency ?? Math.min(2, availableParallelism());
    this.#cpuSeconds = options.cpuSeconds ?? 900;
  }

  async open(request: ExtractionRequest): Promise<Extraction> {
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
  ): Promise<Extraction> {
    const sniffed = identify(copy.head);
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
    const plan = await settleEnd(planFrames(planRequest), planRequest, picker);
    const seconds = (ticks: number) => (ticks * samples.timeBase.numerator) / samples.timeBase.denominator;
    requireWhole({ listing, sniffed, sizeBytes: source.sizeBytes, plan, intervalSeconds });

    const groupSize = Math.floor(GROUP_PIXELS / Math.max(1, listing.width * listing.height));
    const groups = groupByKeyframe(plan, Math.min(MAX_GROUP, Math.max(1, groupSize)));
    return {
      summary: {
        container: sniffed.container,
        codec: listing.codec,
        durationSeconds: seconds(Math.max(samples.endTicks, startTicks) - startTicks),
        width: listing.width,
        height: listing.height,
        framesExpected: plan.length,
      },
      frames: () => flatten(orderedPrefetch(groups, this.#concurrency, (group) => picker.pickGroup(group))),
      close: async () => {
        closing.abort(new Error('The extraction was closed'));
        await session.idle();
        await copy.remove();
      },
    };
  }
}

const identify = (head: Uint8Array): SniffedContainer => {
  if (head.byteLength === 0) throw new ExtractionError('CORRUPT_VIDEO', 'the file is empty');
  const sniffed = sniffContainer(head);
  if (sniffed === undefined) throw new ExtractionError('UNSUPPORTED_CONTAINER');
  return sniffed;
};

/**
 * Where the container tells no presentation times, whether there is a frame at the last moment can be closer than
 * decode times tell: then the decoder is asked.
 */
const settleEnd = async (
  plan: PlannedFrame[],
  request: PlanRequest,
  picker: FramePicker,
): Promise<PlannedFrame[]> => {
  const { samples, startTicks, intervalSeconds } = request;
  if (samples.exact) return plan;
  const { numerator, denominator } = samples.timeBase;
  const frameTicks = (samples.endTicks - startTicks) / samples.times.length;
  const momentsAt = (ticks: number) =>
    momentsBefore(((ticks - startTicks) * numerator) / denominator, intervalSeconds);
  const fewest = momentsAt(samples.endTicks - REORDER_FRAMES * frameTicks);
  const most = momentsAt(samples.endTicks + REORDER_FRAMES * frameTicks);
  if (fewest === most || plan.length < fewest) return plan;
  const settled = plan.filter((frame) => frame.requestedTimeSeconds < fewest * intervalSeconds);
  for (let moment = Math.max(1, fewest); moment < most; moment += 1) {
    const candidate = { ...plannedFrameAt(request, moment), index: settled.length };
    if (!(await picker.exists(candidate))) break;
    settled.push(candidate);
  }
  return settled.length > 0 ? settled : plan.slice(0, 1);
};

interface WholenessCheck {
  listing: StreamListing;
  sniffed: SniffedContainer;
  sizeBytes: number;
  plan: readonly PlannedFrame[];
  intervalSeconds: number;
}

/**
 * A file that was cut off gives fewer frames than its video has. Neither its structure alone nor its declared
 * duration proves that (a live recording has no size, an audio track may be longer), but both together do.
 *
 * @throws ExtractionError CORRUPT_VIDEO
 */
const requireWhole = ({ listing, sniffed, sizeBytes, plan, intervalSeconds }: WholenessCheck): void => {
  const cutOff = listing.partialFile || (sniffed.claimedBytes ?? 0) > sizeBytes;
  const declared = Math.max(listing.declaredDurationSeconds ?? 0, sniffed.claimedSeconds ?? 0);
  const promised = momentsBefore(declared, intervalSeconds);
  const planned = Math.round((plan.at(-1)?.requestedTimeSeconds ?? 0) / intervalSeconds) + 1;
  if (cutOff && promised > planned) {
    throw new ExtractionError('CORRUPT_VIDEO', `cut off: ${planned} of ${promised} frames are there`);
  }
};

async function* flatten(groups: AsyncIterable<ExtractedFrame[]>): AsyncGenerator<ExtractedFrame> {
  for await (const group of groups) yield* group;
}

import { availableParallelism } from 'node:os';
import { DETECTION_BYTES } from '../containers/detect-container.ts';
import { identifyContainer } from '../containers/identify-container.ts';
import { findMediaData } from '../containers/media-data.ts';
import type { ExtractionRequest, ResumableEngine } from '../extraction.ts';
import { completePlan } from '../plan/complete-plan.ts';
import { groupSizeFor } from '../policy.ts';
import { BlockCache } from './block-cache.ts';
import { ExtractorPool } from './extractor-pool.ts';
import { LibavExtraction } from './libav-extraction.ts';

export interface LibavEngineOptions {
  /** Path of the child's program. */
  program: string;
  /** Directory of the packages that contain libav. @default the program finds them itself */
  libavPath?: string | undefined;
  /** Concurrent child processes. @default one per CPU */
  concurrency?: number;
}

/** Above 4K, one child may use up to 900 MB. A job must not use more, so it gets only one child. */
const ALONE_PIXELS = 4096 * 2304;

/**
 * Extracts frames with libav in child processes. Each frame is decoded from the keyframe before it, and only the
 * necessary bytes of the file are read. The children only decode; this process reads the source.
 */
export class LibavEngine implements ResumableEngine {
  readonly name = 'libav';
  readonly #options: LibavEngineOptions;
  readonly #concurrency: number;

  constructor(options: LibavEngineOptions) {
    this.#options = options;
    this.#concurrency = options.concurrency ?? availableParallelism();
  }

  async open(request: ExtractionRequest): Promise<LibavExtraction> {
    // Ends this extraction's children without waiting for the caller's own signal.
    const closing = new AbortController();
    const signal = AbortSignal.any([request.signal, closing.signal]);
    const cache = new BlockCache(request.source, signal);
    const { program, libavPath } = this.#options;
    const pool = new ExtractorPool({ program, libavPath, cache, signal });
    try {
      return await this.#inspect(request, cache, pool, closing);
    } catch (error) {
      closing.abort(error);
      await pool.close();
      throw error;
    }
  }

  async #inspect(
    request: ExtractionRequest,
    cache: BlockCache,
    pool: ExtractorPool,
    closing: AbortController,
  ): Promise<LibavExtraction> {
    const { source, intervalSeconds, maxFrames } = request;
    request.signal.throwIfAborted();
    pool.warmUp();
    const identified = identifyContainer(await cache.read(0, DETECTION_BYTES));
    const { container } = identified;
    const hasIndexApart = container === 'mp4' || container === 'mov';
    const mediaData = hasIndexApart ? await findMediaData(cache) : [];
    const order = { container, mediaData, sizeBytes: source.sizeBytes };

    const { report, plan } = await pool.inspect(order, { intervalSeconds, maxFrames });
    const { timeline, isSeekable } = plan;
    const cutOff = plan.partialFile || (identified.claimedBytes ?? 0) > source.sizeBytes;
    const declaredSeconds = Math.max(report.declaredDurationSeconds, identified.claimedSeconds ?? 0);
    const frames = await completePlan(
      { frames: plan.frames, timeline, intervalSeconds, cutOff, declaredSeconds },
      (frame) => pool.exists(frame, timeline),
    );
    return new LibavExtraction({
      ...{ cache, pool, closing, container, report, timeline, frames, isSeekable },
      groupSize: groupSizeFor(report),
      concurrency: report.width * report.height > ALONE_PIXELS ? 1 : this.#concurrency,
    });
  }
}

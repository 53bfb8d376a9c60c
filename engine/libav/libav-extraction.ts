import { ExtractionError } from '../errors.ts';
import type { EngineUsage, ResumableExtraction } from '../extraction.ts';
import { orderedPrefetch } from '../ordered-prefetch.ts';
import { missingFrame, toExtractedFrame } from '../plan/extracted-frame.ts';
import { groupByKeyframe, type PlannedFrame } from '../plan/frame-plan.ts';
import { durationSecondsOf, type Timeline } from '../plan/timeline.ts';
import type { ExtractedFrame, Span, VideoSummary } from '../video.ts';
import type { Container } from '../words.ts';
import type { BlockCache } from './block-cache.ts';
import { type ExtractorPool, toPickOrder } from './extractor-pool.ts';
import { mergeSpans, totalBytes } from './merge-spans.ts';
import type { OpenReport, PickedFrame } from './protocol.ts';

export interface LibavExtractionParts {
  cache: BlockCache;
  pool: ExtractorPool;
  closing: AbortController;
  container: Container;
  report: OpenReport;
  timeline: Timeline;
  frames: readonly PlannedFrame[];
  /** Whether the container supports seeking. */
  isSeekable: boolean;
  /** Maximum frames of one keyframe that are decoded together. */
  groupSize: number;
  /** Concurrent children. */
  concurrency: number;
}

/** Groups of frames per child. Starting a child takes time, so few groups do not get several children. */
const GROUPS_PER_CHILD = 4;

/** Bytes fetched ahead of the decoders. */
const READ_AHEAD_BYTES = 8 * 1024 * 1024;

/** An inspected video. Its frames are decoded on request. */
export class LibavExtraction implements ResumableExtraction {
  readonly summary: VideoSummary;
  readonly #parts: LibavExtractionParts;
  #fetched = 0;

  constructor(parts: LibavExtractionParts) {
    const { container, report, timeline, frames } = parts;
    this.#parts = parts;
    this.summary = {
      container,
      codec: report.codec,
      durationSeconds: durationSecondsOf(timeline),
      width: report.width,
      height: report.height,
      framesExpected: frames.length,
    };
  }

  usage(): EngineUsage {
    const { bytesRead, requests } = this.#parts.cache;
    return { engine: 'libav', bytesRead, requests };
  }

  async *frames(from = 0): AsyncGenerator<ExtractedFrame> {
    const { frames, isSeekable, groupSize, concurrency } = this.#parts;
    const wanted = frames.slice(from);
    if (!isSeekable) return yield* this.#linear(wanted);
    const groups = groupByKeyframe(wanted, groupSize);
    const children = Math.min(concurrency, Math.ceil(groups.length / GROUPS_PER_CHILD));
    const numbered = groups.map((group, position) => ({ group, position }));
    const results = orderedPrefetch(numbered, children, ({ group, position }, signal) => {
      this.#readAhead(groups, position);
      return this.#pickGroup(group, signal);
    });
    for await (const extracted of results) yield* extracted;
  }

  async close(): Promise<void> {
    const { closing, pool } = this.#parts;
    closing.abort(new Error('The extraction was closed'));
    await pool.close();
  }

  async #pickGroup(group: readonly PlannedFrame[], signal: AbortSignal): Promise<ExtractedFrame[]> {
    const { pool, timeline } = this.#parts;
    const found: ExtractedFrame[] = [];
    for await (const frame of pool.pick(toPickOrder(group, timeline))) {
      signal.throwIfAborted();
      found.push(this.#toFrame(group, frame));
    }
    requireAll(group, found.length);
    return found;
  }

  /** One pass from the beginning to the end, for a file that does not support seeking. */
  async *#linear(frames: readonly PlannedFrame[]): AsyncGenerator<ExtractedFrame> {
    const { pool, timeline } = this.#parts;
    let count = 0;
    for await (const frame of pool.pick({ ...toPickOrder(frames, timeline), linear: true })) {
      count += 1;
      yield this.#toFrame(frames, frame);
    }
    requireAll(frames, count);
  }

  /**
   * Starts to fetch the bytes of the next groups, up to a limit. It fetches a large amount when half of the previous
   * one is used, not a little for every group, so that neighbouring bytes need only one request.
   */
  #readAhead(groups: readonly PlannedFrame[][], position: number): void {
    const ahead = groups.slice(position, this.#fetched).flatMap((group) => this.#spanOf(group) ?? []);
    if (totalBytes(mergeSpans(ahead)) > READ_AHEAD_BYTES / 2) return;
    const wanted: Span[] = [];
    this.#fetched = Math.max(this.#fetched, position);
    while (this.#fetched < groups.length && totalBytes(mergeSpans(wanted)) < READ_AHEAD_BYTES / 2) {
      wanted.push(...[this.#spanOf(groups[this.#fetched] ?? [])].filter((span) => span !== undefined));
      this.#fetched += 1;
    }
    for (const span of mergeSpans(wanted)) this.#parts.cache.prefetch(span);
  }

  #spanOf(group: readonly PlannedFrame[]): Span | undefined {
    const spans = group.flatMap(({ span }) => span ?? []);
    if (spans.length === 0) return undefined;
    return {
      start: Math.min(...spans.map(({ start }) => start)),
      end: Math.max(...spans.map(({ end }) => end)),
    };
  }

  #toFrame(group: readonly PlannedFrame[], found: PickedFrame): ExtractedFrame {
    const planned = group[found.position];
    if (planned === undefined) throw new ExtractionError('ENGINE_CRASHED', 'a frame that was not requested');
    return toExtractedFrame(planned, found, this.#parts.timeline);
  }
}

const requireAll = (group: readonly PlannedFrame[], found: number): void => {
  const missing = group[found];
  if (missing !== undefined) throw missingFrame(missing);
};

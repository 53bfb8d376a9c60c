import { ExtractionError } from '../errors.ts';
import type { EngineUsage, ResumableExtraction } from '../extraction.ts';
import { orderedPrefetch } from '../ordered-prefetch.ts';
import { groupByKeyframe, type PlannedFrame, type SampleIndex } from '../plan/frame-plan.ts';
import type { ExtractedFrame, VideoSummary } from '../video.ts';
import type { Container } from '../words.ts';
import type { BlockCache } from './block-cache.ts';
import { type ExtractorPool, toPickOrder } from './extractor-pool.ts';
import { mergeSpans, totalBytes } from './merge-spans.ts';
import type { OpenReport, PickedFrame, SamplePlan, Span } from './protocol.ts';

export interface LibavExtractionParts {
  cache: BlockCache;
  pool: ExtractorPool;
  closing: AbortController;
  container: Container;
  report: OpenReport;
  plan: SamplePlan;
  samples: SampleIndex;
  startTicks: number;
  frames: readonly PlannedFrame[];
  /** Frames of one keyframe that are decoded together, at most. */
  groupSize: number;
  /** Children at a time. */
  concurrency: number;
}

/** A child costs a start-up: one more for every so many groups. */
const GROUPS_PER_CHILD = 4;

/** Bytes fetched ahead of the decoders. */
const READ_AHEAD_BYTES = 8 * 1024 * 1024;

/** A video that was looked at, and its frames as they are asked for. */
export class LibavExtraction implements ResumableExtraction {
  readonly summary: VideoSummary;
  readonly #parts: LibavExtractionParts;
  readonly #spans: ReadonlyMap<number, Span>;
  #fetched = 0;

  constructor(parts: LibavExtractionParts) {
    const { container, report, samples, startTicks, frames, plan } = parts;
    const { numerator, denominator } = samples.timeBase;
    this.#parts = parts;
    this.#spans = new Map(plan.samples.map(({ ticks, span }) => [ticks, span]));
    this.summary = {
      container,
      codec: report.codec,
      durationSeconds: ((Math.max(samples.endTicks, startTicks) - startTicks) * numerator) / denominator,
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
    const { plan, frames, groupSize, concurrency } = this.#parts;
    const wanted = frames.slice(from);
    if (!plan.seekable) return yield* this.#linear(wanted);
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
    const { pool } = this.#parts;
    const found: ExtractedFrame[] = [];
    for await (const frame of pool.pick(toPickOrder(group, this.#parts))) {
      signal.throwIfAborted();
      found.push(this.#toFrame(group, frame));
    }
    requireAll(group, found.length);
    return found;
  }

  /** One pass from the beginning to the end, for a file that cannot be sought in. */
  async *#linear(frames: readonly PlannedFrame[]): AsyncGenerator<ExtractedFrame> {
    const { pool } = this.#parts;
    let count = 0;
    for await (const frame of pool.pick({ ...toPickOrder(frames, this.#parts), linear: true })) {
      count += 1;
      yield this.#toFrame(frames, frame);
    }
    requireAll(frames, count);
  }

  /**
   * Begins to fetch what the next groups need, within a bound: not a little more with every group, but a good deal
   * when half of it is used up, so that what lies close together comes in one request.
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
    const spans = group.flatMap(({ thresholdTicks }) => this.#spans.get(thresholdTicks) ?? []);
    if (spans.length === 0) return undefined;
    return {
      start: Math.min(...spans.map(({ start }) => start)),
      end: Math.max(...spans.map(({ end }) => end)),
    };
  }

  #toFrame(group: readonly PlannedFrame[], found: PickedFrame): ExtractedFrame {
    const planned = group[found.position];
    if (planned === undefined) throw new ExtractionError('ENGINE_CRASHED', 'a frame that nobody asked for');
    const { samples, startTicks, plan } = this.#parts;
    const { numerator, denominator } = samples.timeBase;
    // Without presentation times a frame's own is not known beforehand, only how far frames are apart.
    const latestExpected = planned.thresholdTicks + (samples.exact ? 0 : Math.ceil(plan.frameTicks));
    return {
      index: planned.index,
      requestedTimeSeconds: planned.requestedTimeSeconds,
      timeSeconds: ((found.ticks - startTicks) * numerator) / denominator,
      width: found.width,
      height: found.height,
      jpeg: found.jpeg,
      substituted: found.ticks > latestExpected,
    };
  }
}

const requireAll = (group: readonly PlannedFrame[], found: number): void => {
  const missing = group[found];
  if (missing === undefined) return;
  const from = `${missing.requestedTimeSeconds} s on`;
  throw new ExtractionError('CORRUPT_VIDEO', `no frame can be decoded from ${from}`);
};

import { ExtractionError } from '../errors.ts';
import type { PlannedFrame } from '../plan/frame-plan.ts';
import type { Timeline } from '../plan/timeline.ts';
import type { BlockCache } from './block-cache.ts';
import { ExtractorProcess } from './extractor-process.ts';
import type { OpenOrder, OpenReport, PickedFrame, PickOrder, PlanOrder, VideoPlan } from './protocol.ts';

export interface ExtractorPoolOptions {
  program: string;
  libavPath: string | undefined;
  cache: BlockCache;
  /** Kills the children at once. */
  signal: AbortSignal;
}

/** The order for the video, without the question that only the first child gets. */
export type VideoOrder = Omit<OpenOrder, 'lookAtStart'>;

/** The child processes of one extraction. The first one inspects the video; others start when there is work. */
export class ExtractorPool {
  readonly #options: ExtractorPoolOptions;
  readonly #all: ExtractorProcess[] = [];
  readonly #idle: ExtractorProcess[] = [];
  #order: VideoOrder | undefined;

  constructor(options: ExtractorPoolOptions) {
    this.#options = options;
  }

  /** Starts a child early, before its first order is known. */
  warmUp(): void {
    this.#idle.push(this.#start());
  }

  /** Inspects the video and decides which frames to extract.
   *
   * @throws ExtractionError ENGINE_CRASHED if the child plans no frames or too many
   */
  async inspect(
    order: VideoOrder,
    { intervalSeconds, maxFrames }: Omit<PlanOrder, 'firstDecodedTicks'>,
  ): Promise<{ report: OpenReport; plan: VideoPlan }> {
    this.#order = order;
    const child = this.#idle.pop() ?? this.#start();
    const report = await child.open({ ...order, lookAtStart: true });
    const { firstDecodedTicks } = report;
    const plan = await child.plan({ firstDecodedTicks, intervalSeconds, maxFrames });
    const { length: planned } = plan.frames;
    if (planned < 1 || planned > maxFrames) {
      throw new ExtractionError('ENGINE_CRASHED', `The extractor planned ${planned} frames`);
    }
    this.#idle.push(child);
    return { report, plan };
  }

  /** Whether there is a frame at or after a planned one's moment. */
  async exists(frame: PlannedFrame, timeline: Timeline): Promise<boolean> {
    const found = this.pick({ ...toPickOrder([frame], timeline), probe: true });
    try {
      return !(await found.next()).done;
    } finally {
      // Returns the child to the pool.
      await found.return(undefined);
    }
  }

  /**
   * Picks frames with an idle child or a new one. The child is idle again when all frames are read or the reader
   * leaves. A child that failed is ended.
   */
  async *pick(order: PickOrder): AsyncGenerator<PickedFrame> {
    const child = this.#idle.pop() ?? (await this.#startAndOpen());
    let isUsable = true;
    try {
      yield* child.pick(order);
    } catch (error) {
      isUsable = false;
      await child.close();
      throw error;
    } finally {
      if (isUsable) this.#idle.push(child);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((child) => child.close()));
  }

  async #startAndOpen(): Promise<ExtractorProcess> {
    if (this.#order === undefined) throw new Error('No child has inspected the video yet');
    const child = this.#start();
    await child.open({ ...this.#order, lookAtStart: false });
    return child;
  }

  #start(): ExtractorProcess {
    const { program, libavPath, cache, signal } = this.#options;
    const child = new ExtractorProcess({ program, libavPath, signal, read: cache.reader() });
    this.#all.push(child);
    return child;
  }
}

/** Frames of one group, in order. */
export const toPickOrder = (frames: readonly PlannedFrame[], { exact, startTicks }: Timeline): PickOrder => {
  const keyframeTicks = frames[0]?.keyframeTicks ?? Number.NaN;
  return {
    thresholds: frames.map(({ thresholdTicks }) => thresholdTicks),
    // Without presentation times, the keyframe's time is not comparable.
    keyframeTicks: exact && !Number.isNaN(keyframeTicks) ? keyframeTicks : null,
    exact,
    startTicks,
    linear: false,
    probe: false,
  };
};

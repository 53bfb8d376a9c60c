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

/** The video, without what only the first child is asked. */
export type VideoOrder = Omit<OpenOrder, 'lookAtStart'>;

/** The child processes of one extraction. The first one says what the video is; the others come when there is work. */
export class ExtractorPool {
  readonly #options: ExtractorPoolOptions;
  readonly #all: ExtractorProcess[] = [];
  readonly #idle: ExtractorProcess[] = [];
  #order: VideoOrder | undefined;

  constructor(options: ExtractorPoolOptions) {
    this.#options = options;
  }

  /** Starts a child before it is known what it is to do. */
  warmUp(): void {
    this.#idle.push(this.#start());
  }

  /**
   * What the video is, and which frames there are.
   *
   * @throws ExtractionError ENGINE_CRASHED where the child plans more frames than it may.
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
      // Hands the child back.
      await found.return(undefined);
    }
  }

  /**
   * Frames by the next child that is free, or by a new one. The child is free again when the frames are read or the reader
   * has left; one that failed is ended.
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
    // The moment of a frame without presentation time says nothing of its keyframe's.
    keyframeTicks: exact && !Number.isNaN(keyframeTicks) ? keyframeTicks : null,
    exact,
    startTicks,
    linear: false,
    probe: false,
  };
};

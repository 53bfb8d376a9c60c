import { missingFrame, toExtractedFrame } from '../plan/extracted-frame.ts';
import type { PlannedFrame } from '../plan/frame-plan.ts';
import { secondsOf, type Timeline } from '../plan/timeline.ts';
import { STEP_BACK_SECONDS } from '../policy.ts';
import type { ExtractedFrame } from '../video.ts';
import type { FfmpegSession, Pass, PickedFrame } from './ffmpeg-session.ts';

export interface PickerOptions {
  session: FfmpegSession;
  timeline: Timeline;
  highDynamicRange: boolean;
  /** Decoder threads of each process. */
  threads: number;
}

/**
 * Gets planned frames by seeking and verifies each: decoding must have begun at or before the keyframe that the frame
 * depends on. Otherwise, another pass begins earlier.
 */
export class FramePicker {
  readonly #options: PickerOptions;

  constructor(options: PickerOptions) {
    this.#options = options;
  }

  /**
   * The frames of a group that shares a keyframe, in order.
   *
   * @param signal ends the search at once.
   * @throws ExtractionError CORRUPT_VIDEO if neither a frame nor any later frame can be decoded
   */
  async pickGroup(group: readonly PlannedFrame[], signal: AbortSignal): Promise<ExtractedFrame[]> {
    const found = await this.#search(group, signal);
    const sizes = new Set(found.map((frame) => frame && `${frame.width}x${frame.height}`));
    // The encoder keeps the first picture's size, so a group with different picture sizes is picked frame by frame.
    if (group.length > 1 && sizes.size > 1) {
      const frames: ExtractedFrame[] = [];
      // Sequential, because the engine limits the number of processes.
      for (const planned of group) {
        const [single] = await this.#search([planned], signal);
        frames.push(this.#toFrame(planned, single));
      }
      return frames;
    }
    return group.map((planned, position) => this.#toFrame(planned, found[position]));
  }

  /** Whether there is a frame at or after a planned one's moment. */
  async exists(planned: PlannedFrame): Promise<boolean> {
    const [found] = await this.#search([planned]);
    return found !== undefined;
  }

  /** For each planned frame, the first decoded frame at or after its threshold. */
  async #search(group: readonly PlannedFrame[], signal?: AbortSignal): Promise<(PickedFrame | undefined)[]> {
    const thresholds = group.map((planned) => planned.thresholdTicks);
    let found: (PickedFrame | undefined)[] = [];
    for (const seekSeconds of this.#seeks(group)) {
      const { session, highDynamicRange, threads } = this.#options;
      const pass = await session.pick({
        ...{ thresholds, seekSeconds, highDynamicRange, threads },
        ...(signal && { signal }),
      });
      found = thresholds.map((threshold) => pass.picked.find((frame) => frame.pts >= threshold));
      const trusted = seekSeconds === undefined || this.#beganEarlyEnough(pass, group);
      if (trusted && found.every((frame) => frame !== undefined)) return found;
    }
    return found;
  }

  /** The positions to start reading from, in the order of the tries; undefined means the file's beginning. */
  #seeks(group: readonly PlannedFrame[]): (number | undefined)[] {
    const [first] = group;
    const { startTicks } = this.#options.timeline;
    if (first === undefined || first.thresholdTicks <= startTicks) return [undefined];
    const direct = this.#secondsOf(first.thresholdTicks);
    const keyframe = Number.isNaN(first.keyframeTicks) ? first.thresholdTicks : first.keyframeTicks;
    const earlier = this.#secondsOf(keyframe) - STEP_BACK_SECONDS;
    const tries = [direct, earlier].filter((seconds) => seconds > this.#secondsOf(startTicks));
    return [...tries.map((seconds) => Math.ceil(seconds * 1e6) / 1e6), undefined];
  }

  #beganEarlyEnough({ anchorTicks }: Pass, [first]: readonly PlannedFrame[]): boolean {
    if (anchorTicks === undefined || first === undefined) return false;
    return this.#options.timeline.exact && !Number.isNaN(first.keyframeTicks)
      ? anchorTicks <= first.keyframeTicks
      : anchorTicks < first.thresholdTicks;
  }

  #toFrame(planned: PlannedFrame, found: PickedFrame | undefined): ExtractedFrame {
    if (found === undefined) throw missingFrame(planned);
    const { bytes: jpeg, width, height } = found.jpeg;
    return toExtractedFrame(planned, { ticks: found.pts, width, height, jpeg }, this.#options.timeline);
  }

  #secondsOf(ticks: number): number {
    return secondsOf(ticks, this.#options.timeline.timeBase);
  }
}

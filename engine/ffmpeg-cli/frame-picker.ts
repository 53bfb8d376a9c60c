import { ExtractionError } from '../errors.ts';
import type { PlannedFrame, SampleIndex } from '../plan/frame-plan.ts';
import type { ExtractedFrame } from '../video.ts';
import type { FfmpegSession, Pass, PickedFrame } from './ffmpeg-session.ts';

/** How far before a keyframe a second try begins, in seconds. */
const STEP_BACK_SECONDS = 15;

export interface PickerOptions {
  session: FfmpegSession;
  samples: SampleIndex;
  startTicks: number;
  highDynamicRange: boolean;
  /** Decoder threads of each process. */
  threads: number;
}

/**
 * Gets planned frames by seeking, and proves each: decoding must have begun at or before the keyframe that the
 * frame depends on, or another pass begins earlier.
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
   * @throws ExtractionError CORRUPT_VIDEO where neither a frame nor any after it can be decoded.
   */
  async pickGroup(group: readonly PlannedFrame[], signal: AbortSignal): Promise<ExtractedFrame[]> {
    const found = await this.#search(group, signal);
    const sizes = new Set(found.map((frame) => frame && `${frame.width}x${frame.height}`));
    // The encoder keeps the first picture's size, so a group whose pictures change size is taken one by one.
    if (group.length > 1 && sizes.size > 1) {
      const frames: ExtractedFrame[] = [];
      // One after the other: the number of processes is for the engine to decide.
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

  /** For each planned frame the first one decoded at or after its threshold. */
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

  /** Where to begin reading, one try after the other; undefined is the file's beginning. */
  #seeks(group: readonly PlannedFrame[]): (number | undefined)[] {
    const [first] = group;
    if (first === undefined || first.thresholdTicks <= this.#options.startTicks) return [undefined];
    const direct = this.#secondsOf(first.thresholdTicks);
    const keyframe = Number.isNaN(first.keyframeTicks) ? first.thresholdTicks : first.keyframeTicks;
    const earlier = this.#secondsOf(keyframe) - STEP_BACK_SECONDS;
    const tries = [direct, earlier].filter((seconds) => seconds > this.#secondsOf(this.#options.startTicks));
    return [...tries.map((seconds) => Math.ceil(seconds * 1e6) / 1e6), undefined];
  }

  #beganEarlyEnough({ anchorTicks }: Pass, [first]: readonly PlannedFrame[]): boolean {
    if (anchorTicks === undefined || first === undefined) return false;
    const { samples } = this.#options;
    return samples.exact && !Number.isNaN(first.keyframeTicks)
      ? anchorTicks <= first.keyframeTicks
      : anchorTicks < first.thresholdTicks;
  }

  #toFrame(planned: PlannedFrame, found: PickedFrame | undefined): ExtractedFrame {
    const { index, requestedTimeSeconds, thresholdTicks } = planned;
    if (found === undefined) {
      throw new ExtractionError('CORRUPT_VIDEO', `no frame can be decoded from ${requestedTimeSeconds} s on`);
    }
    const { startTicks } = this.#options;
    const { bytes: jpeg, width, height } = found.jpeg;
    return {
      index,
      requestedTimeSeconds,
      timeSeconds: this.#secondsOf(found.pts - startTicks),
      width,
      height,
      jpeg,
      substituted: found.pts > this.#latestExpected(thresholdTicks),
    };
  }

  /** A frame later than this is not the one asked for. */
  #latestExpected(thresholdTicks: number): number {
    const { samples } = this.#options;
    if (samples.exact) return thresholdTicks;
    // Without presentation times the frame's own is not known beforehand, only that frames are this far apart.
    const [first = 0, last = 0] = [samples.times[0], samples.times.at(-1)];
    return thresholdTicks + Math.ceil((last - first) / Math.max(1, samples.times.length - 1));
  }

  #secondsOf(ticks: number): number {
    const { numerator, denominator } = this.#options.samples.timeBase;
    return (ticks * numerator) / denominator;
  }
}

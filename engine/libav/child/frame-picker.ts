import { STEP_BACK_SECONDS } from '../../policy.ts';
import type { PickOrder } from '../protocol.ts';
import type { Demuxer, PacketInfo } from './demuxer.ts';
import { timeOf } from './demuxer.ts';
import type { FrameDecoder } from './frame-decoder.ts';

/**
 * Finds frames by seeking and verifies each: decoding must have begun at or before the keyframe that the frame depends
 * on. Otherwise, another pass begins earlier; the last pass begins at the start of the file.
 */
export class FramePicker {
  readonly #demuxer: Demuxer;
  readonly #decoder: FrameDecoder;

  constructor(demuxer: Demuxer, decoder: FrameDecoder) {
    this.#demuxer = demuxer;
    this.#decoder = decoder;
  }

  /** Calls `onFrame` for each threshold in order, until a threshold has no frame. */
  pick(order: PickOrder, onFrame: (position: number, ticks: number) => void): void {
    let done = 0;
    for (const start of this.#starts(order)) {
      // If a picture cannot be decoded, a later one replaces it, so a second pass reads further.
      for (const stopsEarly of order.exact && !order.linear ? [true, false] : [false]) {
        if (!this.#goTo(start, order)) break;
        const pass = { stopsEarly, from: done, trusted: start === undefined };
        const outcome = this.#pass(order, pass, onFrame);
        done = outcome.done;
        if (done === order.thresholds.length) return;
        if (!outcome.trusted) break;
        // This pass read to the end, so it found every frame that can be found from here.
        if (!stopsEarly && done > 0) return;
      }
    }
  }

  /** The positions to start reading from, in the order of the tries; undefined means the file's beginning. */
  #starts({ thresholds, keyframeTicks, startTicks, linear }: PickOrder): (number | undefined)[] {
    const [first = startTicks] = thresholds;
    if (linear) return [undefined];
    const { num, den } = this.#demuxer.stream.timeBase;
    const earlier = (keyframeTicks ?? first) - (STEP_BACK_SECONDS * den) / num;
    return [first, ...(earlier > startTicks ? [earlier] : []), undefined];
  }

  /** @returns false if decoding cannot start early enough from there. */
  #goTo(start: number | undefined, { thresholds, exact, keyframeTicks, startTicks }: PickOrder): boolean {
    if (start === undefined) {
      this.#demuxer.rewind();
      return true;
    }
    const latest = keyframeTicks ?? thresholds[0] ?? startTicks;
    for (let target = start, tries = 0; tries < 3; tries += 1) {
      if (!this.#demuxer.seek(target)) return false;
      const packet = this.#demuxer.peek();
      if (packet === undefined) return false;
      if (isEarlyEnough(packet, latest, exact)) return true;
      target = Math.min(target, Number.isNaN(packet.dts) ? timeOf(packet) : packet.dts) - 1;
    }
    return false;
  }

  /** @returns the number of thresholds that have a frame now, and whether the pass began early enough. */
  #pass(
    { thresholds, exact, keyframeTicks }: PickOrder,
    { stopsEarly, from, trusted }: Pass,
    onFrame: (position: number, ticks: number) => void,
  ): { done: number; trusted: boolean } {
    let [done, isTrusted] = [from, trusted];
    const wanted = () => thresholds[done] ?? Number.POSITIVE_INFINITY;
    for (const ticks of this.#decoder.decode(wanted, stopsEarly ? thresholds.at(-1) : undefined)) {
      isTrusted ||= exact && keyframeTicks !== null ? ticks <= keyframeTicks : ticks < (thresholds[0] ?? 0);
      if (!isTrusted) break;
      for (; ticks >= wanted(); done += 1) onFrame(done, ticks);
      if (done === thresholds.length) break;
    }
    return { done, trusted: isTrusted };
  }
}

/** How to decode from one position. */
interface Pass {
  /** Read nothing after the last wanted frame. */
  stopsEarly: boolean;
  /** The first threshold that has no frame yet. */
  from: number;
  /** It begins at the start, so it cannot miss a frame. */
  trusted: boolean;
}

const isEarlyEnough = (packet: PacketInfo, latest: number, exact: boolean): boolean =>
  exact ? timeOf(packet) <= latest : packet.dts < latest;

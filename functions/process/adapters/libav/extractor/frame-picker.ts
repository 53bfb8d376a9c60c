import type { PickOrder } from '../protocol.ts';
import type { Demuxer, PacketInfo } from './demuxer.ts';
import { timeOf } from './demuxer.ts';
import type { FrameDecoder } from './frame-decoder.ts';

/** How far before a keyframe a second try begins, in seconds. */
const STEP_BACK_SECONDS = 15;

/**
 * Finds frames by seeking, and proves each: decoding must have begun at or before the keyframe that the frame
 * depends on, or another pass begins earlier, the last one at the beginning.
 */
export class FramePicker {
  readonly #demuxer: Demuxer;
  readonly #decoder: FrameDecoder;

  constructor(demuxer: Demuxer, decoder: FrameDecoder) {
    this.#demuxer = demuxer;
    this.#decoder = decoder;
  }

  /** Calls `onFrame` for each threshold, in order, as long as there is a frame for it. */
  pick(order: PickOrder, onFrame: (position: number, ticks: number) => void): void {
    for (const start of this.#starts(order)) {
      if (this.#goTo(start, order) && this.#pass(order, start === undefined, onFrame)) return;
    }
  }

  /** Where to begin reading, one try after the other; undefined is the beginning. */
  #starts({ thresholds, keyframeTicks, startTicks, linear }: PickOrder): (number | undefined)[] {
    const [first = startTicks] = thresholds;
    if (linear) return [undefined];
    const { num, den } = this.#demuxer.stream.timeBase;
    const earlier = (keyframeTicks ?? first) - (STEP_BACK_SECONDS * den) / num;
    return [first, ...(earlier > startTicks ? [earlier] : []), undefined];
  }

  /** @returns false where the place is too late to begin at. */
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

  /** @returns whether the pass can be believed. */
  #pass(order: PickOrder, isLast: boolean, onFrame: (position: number, ticks: number) => void): boolean {
    const { thresholds, exact, keyframeTicks } = order;
    let position = 0;
    let trusted = isLast;
    for (const ticks of this.#decoder.decode(() => thresholds[position] ?? Number.POSITIVE_INFINITY)) {
      if (!trusted) {
        const [first = Number.NaN] = thresholds;
        trusted = exact && keyframeTicks !== null ? ticks <= keyframeTicks : ticks < first;
        if (!trusted) return false;
      }
      for (; ticks >= (thresholds[position] ?? Number.POSITIVE_INFINITY); position += 1)
        onFrame(position, ticks);
      if (position >= thresholds.length) return true;
    }
    // Whatever could be found from here was, up to the end.
    return trusted && position > 0;
  }
}

const isEarlyEnough = (packet: PacketInfo, latest: number, exact: boolean): boolean =>
  exact ? timeOf(packet) <= latest : packet.dts < latest;

import type { Sample, SampleFinder } from '../../plan/frame-plan.ts';
import type { Span } from '../../video.ts';
import type { PacketInfo } from './demuxer.ts';
import type { PacketReader } from './packet-reader.ts';

/** Maximum packets by which storage order and presentation order may differ, if decode times are unknown. */
const REORDER_PACKETS = 64;

/** Seek tries before reading starts at the file's beginning. */
const JUMP_TRIES = 4;

/** A sample with its byte range. */
interface Candidate extends Sample {
  span: Span;
}

/**
 * Finds samples using only packets: for each time, it seeks to the keyframe before and reads until the sample is
 * certain. If the container does not support seeking, it reads the file once.
 */
export class SampleSeeker implements SampleFinder {
  readonly #packets: PacketReader;
  #keyframe = Number.NaN;
  #previousKeyframe = Number.NaN;
  #span: Span = { start: Number.POSITIVE_INFINITY, end: 0 };
  /** The longest distance between keyframes so far. */
  #longestGop = 0;
  /** Samples that were read already and are shown after the last requested one. */
  #ahead: Candidate[] = [];

  constructor(packets: PacketReader) {
    this.#packets = packets;
  }

  lastTicks(): number | undefined {
    const last = this.#packets.lookAtEnd();
    this.#restart();
    return last;
  }

  firstAt(thresholdTicks: number): Candidate | undefined {
    let found = earliest(this.#ahead.filter(({ ticks }) => ticks >= thresholdTicks));
    if (found === undefined && this.#isWorthAJump(thresholdTicks)) this.#jump(thresholdTicks);
    for (let later = 0; later < REORDER_PACKETS; ) {
      const packet = this.#packets.read();
      if (packet === undefined) break;
      const candidate = this.#enter(packet);
      if (candidate === undefined || candidate.ticks < thresholdTicks) continue;
      this.#ahead.push(candidate);
      if (found === undefined || candidate.ticks < found.ticks) found = candidate;
      if (packet.dts >= found.ticks) break;
      later += 1;
    }
    if (found === undefined) return undefined;
    const { ticks } = found;
    this.#ahead = this.#ahead.filter((candidate) => candidate.ticks > ticks);
    // The decoder also reads the packets that were needed to be certain before it returns the picture.
    return { ...found, span: { start: found.span.start, end: Math.max(found.span.end, this.#span.end) } };
  }

  #isWorthAJump(threshold: number): boolean {
    return this.#packets.isSeekable && !(threshold < this.#keyframe + this.#longestGop);
  }

  /** Seeks to a keyframe that is shown at or before a time. */
  #jump(threshold: number): void {
    for (let target = threshold, tries = 0; tries < JUMP_TRIES; tries += 1) {
      if (!this.#packets.seek(target)) break;
      const packet = this.#packets.peek();
      if (packet === undefined) break;
      const ticks = this.#packets.timeOf(packet);
      if (ticks <= threshold) {
        this.#forget();
        return;
      }
      // Pictures shown before this keyframe may be stored after it and depend on the previous keyframe.
      target = Math.min(target, Number.isNaN(packet.dts) ? ticks : packet.dts) - 1;
    }
    this.#restart();
  }

  #restart(): void {
    this.#packets.rewind();
    this.#forget();
  }

  #forget(): void {
    this.#keyframe = Number.NaN;
    this.#previousKeyframe = Number.NaN;
    this.#ahead = [];
  }

  #enter(packet: PacketInfo): Candidate | undefined {
    const ticks = this.#packets.timeOf(packet);
    const { offset, sizeBytes } = packet;
    if (packet.isKeyframe) {
      const gop = ticks - this.#keyframe;
      if (gop > this.#longestGop) this.#longestGop = gop;
      this.#previousKeyframe = this.#keyframe;
      this.#keyframe = ticks;
      this.#span = { start: offset < 0 ? Number.POSITIVE_INFINITY : offset, end: 0 };
    }
    if (offset >= 0) this.#span.end = Math.max(this.#span.end, offset + sizeBytes);
    if (packet.isDiscarded || Number.isNaN(ticks)) return undefined;
    // A picture that is stored after a keyframe but shown before it also needs the previous keyframe.
    const keyframeTicks = ticks < this.#keyframe ? this.#previousKeyframe : this.#keyframe;
    return { ticks, keyframeTicks, span: { ...this.#span } };
  }
}

const earliest = (candidates: readonly Candidate[]): Candidate | undefined =>
  candidates.reduce<Candidate | undefined>(
    (first, candidate) => (first === undefined || candidate.ticks < first.ticks ? candidate : first),
    undefined,
  );

import type { Sample, SampleFinder } from '../../plan/frame-plan.ts';
import type { Span } from '../../video.ts';
import type { PacketInfo } from './demuxer.ts';
import type { PacketReader } from './packet-reader.ts';

/** How many packets after a sample another one may still come that is shown before it, where no decode time tells. */
const REORDER_PACKETS = 64;

/** How often a seek is tried again before reading begins at the file's beginning. */
const JUMP_TRIES = 4;

/** A sample whose bytes are known. */
interface Candidate extends Sample {
  span: Span;
}

/**
 * Finds samples by packets alone: for each time it goes to the keyframe before it and reads on until the sample is
 * certain. Where the container cannot be sought in, it reads through once.
 */
export class SampleSeeker implements SampleFinder {
  readonly #packets: PacketReader;
  #keyframe = Number.NaN;
  #previousKeyframe = Number.NaN;
  #span: Span = { start: Number.POSITIVE_INFINITY, end: 0 };
  /** The longest distance between keyframes seen. */
  #longestGop = 0;
  /** Read already, shown later than what was asked for. */
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
    // What was read in order to be certain is read by the decoder, too, before it gives the picture out.
    return { ...found, span: { start: found.span.start, end: Math.max(found.span.end, this.#span.end) } };
  }

  #isWorthAJump(threshold: number): boolean {
    return this.#packets.isSeekable && !(threshold < this.#keyframe + this.#longestGop);
  }

  /** Goes to a keyframe shown at or before a time. */
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
      // Pictures before this keyframe may be stored behind it, and depend on the one before.
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
    // A picture shown before the keyframe that it is stored behind needs the keyframe before that one, too.
    const keyframeTicks = ticks < this.#keyframe ? this.#previousKeyframe : this.#keyframe;
    return { ticks, keyframeTicks, span: { ...this.#span } };
  }
}

const earliest = (candidates: readonly Candidate[]): Candidate | undefined =>
  candidates.reduce<Candidate | undefined>(
    (first, candidate) => (first === undefined || candidate.ticks < first.ticks ? candidate : first),
    undefined,
  );

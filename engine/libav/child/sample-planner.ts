import { createGrid, startOf } from '../../plan/frame-plan.ts';
import { MAX_PACKETS } from '../limits.ts';
import type { PlannedSample, PlanOrder, SamplePlan, Span } from '../protocol.ts';
import { type Demuxer, type PacketInfo, timeOf } from './demuxer.ts';
import { RefusalError } from './refusal.ts';

/** Further than any time that a demuxer takes for a place to seek to. */
const FAR_TICKS = 2 ** 52;

/** How many packets after a sample another one may still come that is shown before it, where no decode time tells. */
const REORDER_PACKETS = 64;

/** How many packets tell whether the container knows presentation times. */
const LOOK_AHEAD_PACKETS = 32;

/** Where a sample is shown, and what has to be read for it. */
type Candidate = PlannedSample;

/**
 * Finds the samples that frames are to be taken of, by packets alone: for each moment it goes to the keyframe before
 * it and reads on until the sample is certain. Where the container cannot be sought in, it reads through once.
 */
export class SamplePlanner {
  readonly #demuxer: Demuxer;
  #packets = 0;
  #keyframe = Number.NaN;
  #previousKeyframe = Number.NaN;
  #span: Span = { start: Number.POSITIVE_INFINITY, end: 0 };
  /** The longest distance between keyframes seen. */
  #longestGop = 0;
  /** Read already, shown later than what was asked for. */
  #ahead: Candidate[] = [];
  #exact = true;
  #seekable = true;
  #endTicks = Number.NEGATIVE_INFINITY;
  /** A sample was there in part only. */
  #hasPartialSample = false;

  constructor(demuxer: Demuxer) {
    this.#demuxer = demuxer;
  }

  /** @throws RefusalError TOO_MANY_FRAMES, CORRUPT_VIDEO */
  plan({
    firstDecodedTicks,
    intervalSeconds,
    maxFrames,
  }: PlanOrder): Omit<SamplePlan, 'partialFile'> & { hasPartialSample: boolean } {
    const first = this.#lookAtStart();
    const { num, den } = this.#demuxer.stream.timeBase;
    const timeBase = { numerator: num, denominator: den };
    const startTicks = startOf(
      {
        ...{ timeBase, keyframes: new Float64Array(), endTicks: 0, exact: this.#exact },
        ...{ times: Float64Array.of(first.ticks), startsWithKeyframe: first.isKeyframe },
      },
      firstDecodedTicks,
    );
    const grid = createGrid(timeBase, startTicks, intervalSeconds);
    const last = this.#lookAtEnd();
    if (last !== undefined && grid.momentOf(last) >= maxFrames) throw tooMany(maxFrames);

    const samples: PlannedSample[] = [];
    this.#restart();
    for (let moment = 0; ; ) {
      const threshold = grid.ticksOf(moment);
      if (last !== undefined && threshold > last) break;
      const sample = this.#firstAt(threshold);
      if (sample === undefined) break;
      samples.push(sample);
      moment = grid.momentOf(sample.ticks) + 1;
      if (moment > maxFrames) throw tooMany(maxFrames);
    }
    return {
      ...{ samples, firstTicks: first.ticks, startsWithKeyframe: first.isKeyframe, endTicks: this.#endTicks },
      ...{ frameTicks: first.frameTicks, exact: this.#exact, seekable: this.#seekable },
      hasPartialSample: this.#hasPartialSample,
    };
  }

  #lookAtStart(): { ticks: number; isKeyframe: boolean; frameTicks: number } {
    this.#demuxer.rewind();
    const packets: PacketInfo[] = [];
    while (packets.length < LOOK_AHEAD_PACKETS) {
      const packet = this.#read();
      if (packet === undefined) break;
      if (!packet.isDiscarded && !Number.isNaN(timeOf(packet))) packets.push(packet);
    }
    const [first] = packets;
    if (first === undefined) throw new RefusalError('CORRUPT_VIDEO', 'no packets');
    this.#exact = packets.every(({ pts }) => !Number.isNaN(pts));
    const times = packets.map((packet) => this.#timeOf(packet)).toSorted((a, b) => a - b);
    const spread = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / Math.max(1, times.length - 1);
    const frameTicks = Math.max(1, spread);
    return { ticks: this.#timeOf(first), isKeyframe: first.isKeyframe, frameTicks };
  }

  /** The last sample's time; undefined where that cannot be told without reading everything. */
  #lookAtEnd(): number | undefined {
    if (!this.#demuxer.seek(FAR_TICKS)) {
      this.#seekable = false;
      return undefined;
    }
    let last: number | undefined;
    for (let packet = this.#read(); packet; packet = this.#read()) {
      const ticks = this.#timeOf(packet);
      if (!packet.isDiscarded && !Number.isNaN(ticks)) last = Math.max(last ?? ticks, ticks);
    }
    return last;
  }

  /** The first sample shown at a moment or later. */
  #firstAt(threshold: number): PlannedSample | undefined {
    let found = earliest(this.#ahead.filter(({ ticks }) => ticks >= threshold));
    if (found === undefined && this.#isWorthAJump(threshold)) this.#jump(threshold);
    for (let later = 0; later < REORDER_PACKETS; ) {
      const packet = this.#read();
      if (packet === undefined) break;
      const candidate = this.#enter(packet);
      if (candidate === undefined || candidate.ticks < threshold) continue;
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
    return this.#seekable && !(threshold < this.#keyframe + this.#longestGop);
  }

  /** Goes to a keyframe shown at or before a moment. */
  #jump(threshold: number): void {
    for (let target = threshold, tries = 0; tries < 4; tries += 1) {
      if (!this.#demuxer.seek(target)) break;
      const packet = this.#demuxer.peek();
      if (packet === undefined) break;
      const ticks = this.#timeOf(packet);
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
    this.#demuxer.rewind();
    this.#forget();
  }

  #forget(): void {
    this.#keyframe = Number.NaN;
    this.#previousKeyframe = Number.NaN;
    this.#ahead = [];
  }

  #read(): PacketInfo | undefined {
    this.#packets += 1;
    if (this.#packets > MAX_PACKETS) throw new RefusalError('TOO_MANY_FRAMES', 'too many packets');
    const packet = this.#demuxer.read();
    if (packet?.isPartial) this.#hasPartialSample = true;
    if (packet && !packet.isDiscarded) {
      this.#endTicks = Math.max(this.#endTicks, (this.#timeOf(packet) || 0) + packet.duration);
    }
    return packet;
  }

  #enter(packet: PacketInfo): Candidate | undefined {
    const ticks = this.#timeOf(packet);
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

  #timeOf(packet: PacketInfo): number {
    return this.#exact ? timeOf(packet) : packet.dts;
  }
}

const earliest = (candidates: readonly Candidate[]): Candidate | undefined =>
  candidates.reduce<Candidate | undefined>(
    (first, candidate) => (first === undefined || candidate.ticks < first.ticks ? candidate : first),
    undefined,
  );

const tooMany = (maxFrames: number): RefusalError =>
  new RefusalError('TOO_MANY_FRAMES', `more than ${maxFrames} moments to take a frame of`);

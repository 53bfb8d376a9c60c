import { ExtractionError } from '../../errors.ts';
import { type FirstSample, spacingOf } from '../../plan/timeline.ts';
import { MAX_PACKETS } from '../../policy.ts';
import { type Demuxer, type PacketInfo, timeOf } from './demuxer.ts';

/** How many packets tell whether the container knows presentation times. */
const LOOK_AHEAD_PACKETS = 32;

/** Further than any time that a demuxer takes for a place to seek to. */
const FAR_TICKS = 2 ** 52;

/** Reads the packets that a plan is made of, at most as many as a file may demand, and keeps account of them. */
export class PacketReader {
  /** Where the last sample read ends. */
  endTicks = Number.NEGATIVE_INFINITY;
  /** A sample was there in part only. */
  hasPartialSample = false;
  /** Whether the container can be sought in. */
  isSeekable = true;
  readonly #demuxer: Demuxer;
  #packets = 0;
  #exact = true;

  constructor(demuxer: Demuxer) {
    this.#demuxer = demuxer;
  }

  /** When a packet's sample is shown; when it is decoded, where the container tells no presentation times. */
  timeOf(packet: PacketInfo): number {
    return this.#exact ? timeOf(packet) : packet.dts;
  }

  /** @throws ExtractionError TOO_MANY_FRAMES where there are more packets than a file may have. */
  read(): PacketInfo | undefined {
    this.#packets += 1;
    if (this.#packets > MAX_PACKETS) throw new ExtractionError('TOO_MANY_FRAMES', 'too many packets');
    const packet = this.#demuxer.read();
    if (packet?.isPartial) this.hasPartialSample = true;
    if (packet && !packet.isDiscarded) {
      this.endTicks = Math.max(this.endTicks, (this.timeOf(packet) || 0) + packet.duration);
    }
    return packet;
  }

  /** The next packet, which the next `read` gives again. */
  peek(): PacketInfo | undefined {
    return this.#demuxer.peek();
  }

  seek(ticks: number): boolean {
    return this.#demuxer.seek(ticks);
  }

  rewind(): void {
    this.#demuxer.rewind();
  }

  /** The first sample, and the usual distance between two. @throws ExtractionError CORRUPT_VIDEO where there is none. */
  lookAtStart(): FirstSample & { frameTicks: number } {
    this.rewind();
    const packets: PacketInfo[] = [];
    while (packets.length < LOOK_AHEAD_PACKETS) {
      const packet = this.read();
      if (packet === undefined) break;
      if (!packet.isDiscarded && !Number.isNaN(timeOf(packet))) packets.push(packet);
    }
    const [first] = packets;
    if (first === undefined) throw new ExtractionError('CORRUPT_VIDEO', 'no packets');
    this.#exact = packets.every(({ pts }) => !Number.isNaN(pts));
    const times = packets.map((packet) => this.timeOf(packet)).toSorted((a, b) => a - b);
    return {
      ...{ ticks: this.timeOf(first), isKeyframe: first.isKeyframe, exact: this.#exact },
      frameTicks: spacingOf(times),
    };
  }

  /** The last sample's time; undefined where it cannot be told without reading everything. */
  lookAtEnd(): number | undefined {
    if (!this.seek(FAR_TICKS)) {
      this.isSeekable = false;
      return undefined;
    }
    let last: number | undefined;
    for (let packet = this.read(); packet; packet = this.read()) {
      const ticks = this.timeOf(packet);
      if (!packet.isDiscarded && !Number.isNaN(ticks)) last = Math.max(last ?? ticks, ticks);
    }
    return last;
  }
}

import { ExtractionError } from '../../errors.ts';
import { type FirstSample, spacingOf } from '../../plan/timeline.ts';
import { MAX_PACKETS } from '../../policy.ts';
import { type Demuxer, type PacketInfo, timeOf } from './demuxer.ts';

/** Packets to read to find out whether the container stores presentation times. */
const LOOK_AHEAD_PACKETS = 32;

/** A time after the end of every video, for seeking. */
const FAR_TICKS = 2 ** 52;

/** Reads packets for a plan, up to a maximum number, and records their end and completeness. */
export class PacketReader {
  /** The latest end of the samples read so far. */
  endTicks = Number.NEGATIVE_INFINITY;
  /** A sample was incomplete. */
  hasPartialSample = false;
  /** Whether the container supports seeking. */
  isSeekable = true;
  readonly #demuxer: Demuxer;
  #packets = 0;
  #exact = true;

  constructor(demuxer: Demuxer) {
    this.#demuxer = demuxer;
  }

  /** The packet's presentation time; its decode time if the container stores no presentation times. */
  timeOf(packet: PacketInfo): number {
    return this.#exact ? timeOf(packet) : packet.dts;
  }

  /** @throws ExtractionError TOO_MANY_FRAMES if the file has more than `MAX_PACKETS` packets */
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

  /** The next packet. The next `read` returns it again. */
  peek(): PacketInfo | undefined {
    return this.#demuxer.peek();
  }

  seek(ticks: number): boolean {
    return this.#demuxer.seek(ticks);
  }

  rewind(): void {
    this.#demuxer.rewind();
  }

  /**
   * The first sample, and the typical distance between two samples.
   *
   * @throws ExtractionError CORRUPT_VIDEO if there is no sample
   */
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

  /** The last sample's time; undefined if finding it would need reading the whole file. */
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

import {
  AV_DISPOSITION_ATTACHED_PIC,
  AV_NOPTS_VALUE,
  AV_PKT_FLAG_CORRUPT,
  AV_PKT_FLAG_DISCARD,
  AVDISCARD_ALL,
  AVFMT_FLAG_CUSTOM_IO,
  AVFMT_FLAG_NOPARSE,
  AVMEDIA_TYPE_VIDEO,
  AVSEEK_FLAG_BACKWARD,
} from 'node-av/constants';
import { Dictionary, FormatContext, InputFormat, type IOContext, Packet, type Stream } from 'node-av/lib';
import { ExtractionError } from '../../errors.ts';
import { ALLOWED_DEMUXERS, DEMUXERS, MAX_STREAMS } from '../../policy.ts';
import type { Container } from '../../words.ts';
import type { OpenOrder } from '../protocol.ts';
import { CODEC_WHITELIST, requireDecodable } from './decoders.ts';
import type { VideoBytes } from './video-bytes.ts';

/** A packet's properties from the demuxer. Times are in ticks, NaN if unknown. */
export interface PacketInfo {
  pts: number;
  dts: number;
  duration: number;
  isKeyframe: boolean;
  /** Only other pictures need it; it is not shown. */
  isDiscarded: boolean;
  /** The file ends inside this packet. */
  isPartial: boolean;
  /** Position in the file; -1 if unknown. */
  offset: number;
  sizeBytes: number;
}

/** The packet's presentation time if the container stores it; otherwise its decode time. */
export const timeOf = ({ pts, dts }: PacketInfo): number => (Number.isNaN(pts) ? dts : pts);

/** Reads the packets of the video stream. Demuxer, protocols, codecs and number of streams are limited. */
export class Demuxer {
  /** The packet that `read` returned last. */
  readonly packet = new Packet();
  readonly #bytes: VideoBytes;
  readonly #container: Container;
  #io: IOContext;
  #format: FormatContext;
  #stream: Stream;
  #atStart = true;
  #first: PacketInfo | undefined;
  #waiting: PacketInfo | undefined;

  /** @throws ExtractionError */
  constructor(bytes: VideoBytes, { container }: OpenOrder) {
    this.#bytes = bytes;
    this.#container = container;
    this.packet.alloc();
    [this.#io, this.#format, this.#stream] = this.#open();
  }

  get stream(): Stream {
    return this.#stream;
  }

  /** The duration that the container declares, in seconds; 0 if it declares none. */
  get declaredDurationSeconds(): number {
    const microseconds = Number(this.#format.duration);
    return microseconds > 0 ? microseconds / 1e6 : 0;
  }

  /** The next packet of the video stream; undefined at the end or if the rest of the file is unreadable. */
  read(): PacketInfo | undefined {
    const waiting = this.#waiting;
    if (waiting) {
      this.#waiting = undefined;
      return waiting;
    }
    for (;;) {
      this.packet.unref();
      if (this.#format.readFrameSync(this.packet) < 0) {
        this.#atStart = false;
        return undefined;
      }
      if (this.packet.streamIndex !== this.#stream.index) continue;
      const info = this.#describe();
      if (this.#atStart) this.#first ??= info;
      this.#atStart = false;
      return info;
    }
  }

  /** The next packet. The next `read` returns it again. */
  peek(): PacketInfo | undefined {
    this.#waiting ??= this.read();
    return this.#waiting;
  }

  /** Seeks to the keyframe at or before a time, using the container's index. @returns whether it found one. */
  seek(ticks: number): boolean {
    this.#waiting = undefined;
    this.#atStart = false;
    const timestamp = BigInt(Math.round(ticks));
    return this.#format.seekFrameSync(this.#stream.index, timestamp, AVSEEK_FLAG_BACKWARD) >= 0;
  }

  /** Seeks to the first packet. If there is no usable index, it opens the file again. */
  rewind(): void {
    if (this.#atStart) return;
    const first = this.#first;
    if (first && first.offset >= 0 && !Number.isNaN(first.dts) && this.seek(first.dts)) {
      if (this.peek()?.offset === first.offset) return;
    }
    this.close();
    this.#waiting = undefined;
    [this.#io, this.#format, this.#stream] = this.#open();
    this.#atStart = true;
  }

  /** Runs `work` on packets that have times, offsets and sizes; their content may be zeros. */
  listing<Result>(work: () => Result): Result {
    if (!this.#bytes.canBeBlind) return work();
    this.#format.setFlags(AVFMT_FLAG_NOPARSE);
    this.#bytes.setBlind(true, this.#io);
    try {
      return work();
    } finally {
      this.#format.clearFlags(AVFMT_FLAG_NOPARSE);
      this.#bytes.setBlind(false, this.#io);
      this.#waiting = undefined;
    }
  }

  close(): void {
    this.#format.closeInputSync();
    this.#io.freeContext();
  }

  #open(): [IOContext, FormatContext, Stream] {
    const io = this.#bytes.createContext();
    const format = new FormatContext();
    format.allocContext();
    format.pb = io;
    format.setFlags(AVFMT_FLAG_CUSTOM_IO);
    // libav stops at its limit without an error, so the limit is one higher than allowed.
    format.maxStreams = MAX_STREAMS + 1;
    const options = Dictionary.fromObject({
      protocol_whitelist: '',
      format_whitelist: ALLOWED_DEMUXERS,
      codec_whitelist: CODEC_WHITELIST,
    });
    const opened = format.openInputSync('', InputFormat.findInputFormat(DEMUXERS[this.#container]), options);
    if (opened < 0) throw new ExtractionError('CORRUPT_VIDEO', `cannot open the container: ${opened}`);
    if (format.nbStreams > MAX_STREAMS) throw new ExtractionError('CORRUPT_VIDEO', 'too many streams');
    const stream = format.streams.find(isVideo);
    if (!stream) throw new ExtractionError('NO_VIDEO_STREAM', `${format.nbStreams} streams`);
    requireDecodable(stream);
    for (const other of format.streams) if (other.index !== stream.index) other.discard = AVDISCARD_ALL;
    format.findStreamInfoSync(null);
    requireDecodable(stream);
    return [io, format, stream];
  }

  #describe(): PacketInfo {
    const { packet } = this;
    return {
      pts: toTicks(packet.pts),
      dts: toTicks(packet.dts),
      duration: Math.max(0, Number(packet.duration)),
      isKeyframe: packet.isKeyframe,
      isDiscarded: (packet.flags & AV_PKT_FLAG_DISCARD) !== 0,
      isPartial: (packet.flags & AV_PKT_FLAG_CORRUPT) !== 0,
      offset: Number(packet.pos),
      sizeBytes: packet.size,
    };
  }
}

const isVideo = (stream: Stream): boolean =>
  stream.codecpar.codecType === AVMEDIA_TYPE_VIDEO &&
  (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) === 0;

/** The tick, or NaN if a double cannot hold it exactly. */
const toTicks = (value: bigint): number => {
  const ticks = Number(value);
  return value === AV_NOPTS_VALUE || !Number.isSafeInteger(ticks) ? Number.NaN : ticks;
};

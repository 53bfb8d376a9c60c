import { AVERROR_EOF, AVSEEK_CUR, AVSEEK_END, AVSEEK_SET, AVSEEK_SIZE } from 'node-av/constants';
import { IOContext } from 'node-av/lib';
import type { Span } from '../../video.ts';
import { encodeNumbers, KIND, type OpenOrder } from '../protocol.ts';
import type { Channel } from './channel.ts';

/** Bytes that libav requests at a time. A larger buffer would read more unneeded bytes after each sample. */
const BUFFER_BYTES = 32 * 1024;

const ZEROS = Buffer.alloc(1024 * 1024);

/**
 * The video's bytes, requested from the engine when libav needs them. libav gets no path and no URL.
 *
 * While `blind`, sample data are replaced by zeros instead of being fetched. An MP4 stores the times and offsets of its
 * samples separately, so its packets can be listed without the sample data.
 */
export class VideoBytes {
  /** The demuxer sought past the end of the file. */
  wentBeyond = false;
  readonly #channel: Channel;
  readonly #sizeBytes: number;
  readonly #mediaData: readonly Span[];
  #position = 0;
  #blind = false;

  constructor(channel: Channel, { sizeBytes, mediaData }: OpenOrder) {
    this.#channel = channel;
    this.#sizeBytes = sizeBytes;
    this.#mediaData = mediaData;
  }

  /** Creates an I/O context that reads these bytes. The caller frees it. */
  createContext(): IOContext {
    this.#position = 0;
    const context = new IOContext();
    context.allocContextWithCallbacks(
      ...([BUFFER_BYTES, 0] as const),
      (length) => this.#read(length),
      null,
      (offset, whence) => this.#seek(Number(offset), whence),
    );
    return context;
  }

  /** Whether `blind` is possible and safe for this file. */
  get canBeBlind(): boolean {
    return this.#mediaData.length > 0 && this.#sizeBytes > 8 * BUFFER_BYTES;
  }

  /** Turns `blind` on or off for `context` and empties its buffer. */
  setBlind(blind: boolean, context: IOContext): void {
    this.#blind = blind;
    // A seek outside the buffer empties it.
    context.seekSync(BigInt(this.#position > this.#sizeBytes / 2 ? 0 : this.#sizeBytes), AVSEEK_SET);
  }

  #read(length: number): Buffer | number {
    const available = Math.min(length, this.#sizeBytes - this.#position);
    if (available <= 0) return AVERROR_EOF;
    const bytes = this.#blindly(available) ?? this.#fetch(available);
    this.#position += bytes.byteLength;
    return bytes;
  }

  #blindly(length: number): Buffer | undefined {
    if (!this.#blind) return undefined;
    const span = this.#mediaData.find(({ start, end }) => start <= this.#position && this.#position < end);
    return span && ZEROS.subarray(0, Math.min(length, span.end - this.#position, ZEROS.byteLength));
  }

  #fetch(length: number): Buffer {
    this.#channel.send(KIND.read, encodeNumbers(this.#position, length));
    const answer = this.#channel.receive();
    // The engine has closed its end, so nothing more is needed.
    if (answer?.kind !== KIND.bytes) process.exit(0);
    return answer.body;
  }

  #seek(offset: number, whence: number): bigint {
    if (whence & AVSEEK_SIZE) return BigInt(this.#sizeBytes);
    const from =
      { [AVSEEK_SET]: 0, [AVSEEK_CUR]: this.#position, [AVSEEK_END]: this.#sizeBytes }[whence] ?? 0;
    this.#position = Math.max(0, from + offset);
    if (this.#position >= this.#sizeBytes) this.wentBeyond = true;
    return BigInt(this.#position);
  }
}

import { AVERROR_EOF, AVSEEK_CUR, AVSEEK_END, AVSEEK_SET, AVSEEK_SIZE } from 'node-av/constants';
import { IOContext } from 'node-av/lib';
import type { Span } from '../../video.ts';
import { encodeNumbers, KIND, type OpenOrder } from '../protocol.ts';
import type { Channel } from './channel.ts';

/** What libav asks for at a time. Larger would read further past each sample than is needed. */
const BUFFER_BYTES = 32 * 1024;

const NOTHING = Buffer.alloc(1024 * 1024);

/**
 * The video's bytes, asked of the engine as libav comes to need them: no path, no URL, nothing else to be opened.
 *
 * While `blind`, sample data are not fetched but given as zeros: an MP4 tells times and places of its samples apart
 * from them, so that its packets can be listed without reading them.
 */
export class VideoBytes {
  /** The demuxer went to a place beyond the end of the file. */
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

  /** A context that reads them. The caller frees it. */
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

  /** Whether blindness is possible, and safe. */
  get canBeBlind(): boolean {
    return this.#mediaData.length > 0 && this.#sizeBytes > 8 * BUFFER_BYTES;
  }

  /** Turns blindness on or off for `context`, and makes it forget what it had read. */
  setBlind(blind: boolean, context: IOContext): void {
    this.#blind = blind;
    // A seek beyond its buffer empties it.
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
    return span && NOTHING.subarray(0, Math.min(length, span.end - this.#position, NOTHING.byteLength));
  }

  #fetch(length: number): Buffer {
    this.#channel.send(KIND.read, encodeNumbers(this.#position, length));
    const answer = this.#channel.receive();
    // The engine has closed its end: the work is not wanted any more.
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

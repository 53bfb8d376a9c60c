import { setTimeout as delay } from 'node:timers/promises';
import { ExtractionError } from '../errors.ts';
import { untilAborted } from '../until-aborted.ts';
import type { Span, VideoSource } from '../video.ts';

/** Bytes per block. Small, because keyframes are small and the other bytes of a block are wasted. */
const BLOCK_BYTES = 16 * 1024;
/** Bytes kept in memory. */
const CAPACITY_BYTES = 16 * 1024 * 1024;
/** Bytes per request. A longer span is fetched by several concurrent requests. */
const MAX_REQUEST_BYTES = 1024 * 1024;
/** Bytes of a reader's first request. The size doubles while the reader continues. */
const FIRST_READ_BYTES = 2 * BLOCK_BYTES;
/** Concurrent requests. */
const MAX_REQUESTS = 8;
/** Milliseconds before each retry. */
const PAUSES_MILLISECONDS = [50, 250, 1000];

interface Block {
  /** Undefined until the bytes arrive. */
  bytes: Buffer | undefined;
  arrival: Promise<void>;
}

/**
 * The bytes of a video, fetched in ranges when needed and cached in blocks for the next reader. Memory is bounded; an
 * evicted block is fetched again. A request that fails or stalls is retried over another connection.
 */
export class BlockCache {
  bytesRead = 0;
  requests = 0;
  readonly #source: VideoSource;
  readonly #signal: AbortSignal;
  /** Least recently used first. */
  readonly #blocks = new Map<number, Block>();
  readonly #queue: (() => void)[] = [];
  #underWay = 0;

  constructor(source: VideoSource, signal: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
  }

  get sizeBytes(): number {
    return this.#source.sizeBytes;
  }

  /**
   * A reader for libav, which requests more bytes than it needs. It gets the bytes that are cached or already
   * requested. Only if the first byte is missing, the reader fetches more: twice as much each time it continues where
   * it stopped.
   */
  reader(): (offset: number, length: number) => Promise<Buffer> {
    let expected = -1;
    let ahead = FIRST_READ_BYTES;
    return async (offset, length) => {
      if (offset !== expected) ahead = FIRST_READ_BYTES;
      let there = this.#lengthAt(offset, length);
      if (there === 0) {
        this.prefetch({ start: offset, end: offset + Math.max(length, ahead) });
        ahead = Math.min(MAX_REQUEST_BYTES, ahead * 2);
        there = length;
      }
      const bytes = await this.read(offset, there);
      expected = offset + bytes.byteLength;
      return bytes;
    };
  }

  /**
   * The bytes from `offset` on, fewer only at the end of the file.
   *
   * @throws ExtractionError SIZE_MISMATCH if the source ends early; the source's last error; the signal's reason
   */
  async read(offset: number, length: number): Promise<Buffer> {
    const end = Math.min(offset + length, this.#source.sizeBytes);
    if (offset >= end) return Buffer.alloc(0);
    this.prefetch({ start: offset, end });
    const parts: Buffer[] = [];
    for (let index = blockOf(offset); index <= blockOf(end - 1); index += 1) {
      const block = this.#blocks.get(index) ?? this.#refetch(index);
      await block.arrival;
      const start = index * BLOCK_BYTES;
      if (block.bytes) parts.push(block.bytes.subarray(Math.max(0, offset - start), end - start));
    }
    const [only] = parts;
    return parts.length === 1 && only ? only : Buffer.concat(parts);
  }

  /** Starts to fetch the missing blocks of a span. A failed block is fetched again when it is read. */
  prefetch({ start, end }: Span): void {
    const last = blockOf(Math.min(end, this.#source.sizeBytes) - 1);
    for (let index = blockOf(Math.max(0, start)); index <= last; index += 1) {
      if (this.#touch(index)) continue;
      let count = 1;
      const most = Math.min(last - index + 1, MAX_REQUEST_BYTES / BLOCK_BYTES);
      while (count < most && !this.#blocks.has(index + count)) count += 1;
      this.#fetch(index, count);
      index += count - 1;
    }
    this.#evict();
  }

  /** The number of consecutive bytes, from `offset` on, that are cached or already requested. */
  #lengthAt(offset: number, length: number): number {
    let end = offset;
    while (end < offset + length && this.#blocks.has(blockOf(end))) end = (blockOf(end) + 1) * BLOCK_BYTES;
    return Math.min(length, end - offset);
  }

  #touch(index: number): boolean {
    const block = this.#blocks.get(index);
    if (block === undefined) return false;
    this.#blocks.delete(index);
    this.#blocks.set(index, block);
    return true;
  }

  /** Fetches a block again that was evicted before it was read. */
  #refetch(index: number): Block {
    this.#fetch(index, 1);
    const block = this.#blocks.get(index);
    if (block === undefined) throw new Error('A requested block is not in the cache');
    return block;
  }

  #fetch(index: number, count: number): void {
    const offset = index * BLOCK_BYTES;
    const length = Math.min(count * BLOCK_BYTES, this.#source.sizeBytes - offset);
    const blocks = Array.from(
      { length: count },
      (): Block => ({ bytes: undefined, arrival: Promise.resolve() }),
    );
    const arrival = this.#request(offset, length).then(
      (bytes) => {
        for (const [position, block] of blocks.entries()) {
          block.bytes = bytes.subarray(position * BLOCK_BYTES, (position + 1) * BLOCK_BYTES);
        }
      },
      (error: unknown) => {
        for (const position of blocks.keys()) this.#blocks.delete(index + position);
        throw error;
      },
    );
    // Readers of the block get this rejection. Without a reader, it must not count as unhandled.
    arrival.catch(() => undefined);
    for (const [position, block] of blocks.entries()) {
      block.arrival = arrival;
      this.#blocks.set(index + position, block);
    }
  }

  async #request(offset: number, length: number): Promise<Buffer> {
    await this.#turn();
    try {
      for (const pause of [...PAUSES_MILLISECONDS, undefined]) {
        this.#signal.throwIfAborted();
        try {
          return await this.#tryRequest(offset, length);
        } catch (error) {
          if (this.#signal.aborted || pause === undefined || isFinal(error)) throw error;
          await untilAborted(delay(pause, undefined, { signal: this.#signal }), this.#signal);
        }
      }
      throw new Error('The last try neither returned nor threw');
    } finally {
      this.#underWay -= 1;
      this.#queue.shift()?.();
    }
  }

  async #tryRequest(offset: number, length: number): Promise<Buffer> {
    this.requests += 1;
    const bytes = await untilAborted(this.#source.read({ offset, length }, this.#signal), this.#signal);
    this.bytesRead += bytes.byteLength;
    if (bytes.byteLength !== length) {
      throw new ExtractionError(
        'SIZE_MISMATCH',
        `received ${bytes.byteLength} of ${length} bytes at ${offset}`,
      );
    }
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  async #turn(): Promise<void> {
    this.#underWay += 1;
    if (this.#underWay <= MAX_REQUESTS) return;
    await new Promise<void>((resolve) => this.#queue.push(resolve));
  }

  #evict(): void {
    for (const [index, block] of this.#blocks) {
      if (this.#blocks.size <= CAPACITY_BYTES / BLOCK_BYTES) return;
      if (block.bytes) this.#blocks.delete(index);
    }
  }
}

const blockOf = (offset: number): number => Math.floor(offset / BLOCK_BYTES);

/** The object differs from the one that was checked, so a retry cannot help. */
const isFinal = (error: unknown): boolean => error instanceof ExtractionError;

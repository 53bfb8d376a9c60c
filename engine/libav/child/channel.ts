import { readSync, writeSync } from 'node:fs';
import { CHILD_INPUT, CHILD_OUTPUT, encodeHead, HEAD_BYTES, type Kind } from '../protocol.ts';

/** A message from the engine. */
export interface Message {
  kind: number;
  /** Valid until the next message is received. */
  body: Buffer;
}

/**
 * The child's end of the pipes. Its calls block, because libav needs the requested bytes before it can continue, and
 * the child has nothing else to do.
 */
export class Channel {
  /** One buffer for all bodies. Without it, many buffers would wait for a garbage collection that rarely happens. */
  #space = Buffer.alloc(0);

  /** @returns undefined when the engine has closed its end. */
  receive(): Message | undefined {
    const head = Buffer.allocUnsafe(HEAD_BYTES);
    if (!fill(head)) return undefined;
    const length = head.readUInt32LE(0);
    if (this.#space.byteLength < length) this.#space = Buffer.alloc(length);
    const body = this.#space.subarray(0, length);
    return fill(body) ? { kind: head.readUInt8(4), body } : undefined;
  }

  send(kind: Kind, ...parts: Buffer[]): void {
    const length = parts.reduce((sum, part) => sum + part.byteLength, 0);
    for (const part of [encodeHead(kind, length), ...parts]) {
      for (let sent = 0; sent < part.byteLength; ) sent += writeSync(CHILD_OUTPUT, part, sent);
    }
  }
}

const fill = (buffer: Buffer): boolean => {
  for (let filled = 0; filled < buffer.byteLength; ) {
    const count = readSync(CHILD_INPUT, buffer, filled, buffer.byteLength - filled, null);
    if (count === 0) return false;
    filled += count;
  }
  return true;
};

import { HEAD_BYTES } from './protocol.ts';

/** Maximum body length. The child's program never sends a longer message. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;

/** Reassembles messages from the pipe's chunks. Each body has its own memory, which contains nothing else. */
export class MessageReader {
  readonly #onMessage: (kind: number, body: Buffer) => void;
  readonly #head = Buffer.alloc(HEAD_BYTES);
  /** Undefined until the head is complete. */
  #body: Buffer | undefined;
  /** Bytes received of the head or the body. */
  #filled = 0;

  constructor(onMessage: (kind: number, body: Buffer) => void) {
    this.#onMessage = onMessage;
  }

  /** @throws Error if the bytes are not valid messages */
  add(chunk: Buffer): void {
    for (let taken = 0; taken < chunk.byteLength; ) {
      taken += this.#take(chunk, taken, this.#body ?? this.#head);
      if (this.#body === undefined && this.#filled === HEAD_BYTES) {
        this.#body = Buffer.allocUnsafeSlow(bodyLength(this.#head));
        this.#filled = 0;
      }
      if (this.#body?.byteLength === this.#filled) {
        const body = this.#body;
        this.#body = undefined;
        this.#filled = 0;
        this.#onMessage(this.#head.readUInt8(HEAD_BYTES - 1), body);
      }
    }
  }

  #take(chunk: Buffer, start: number, target: Buffer): number {
    const count = chunk.copy(target, this.#filled, start);
    this.#filled += count;
    return count;
  }
}

const bodyLength = (head: Buffer): number => {
  const length = head.readUInt32LE(0);
  if (length > MAX_BODY_BYTES) throw new Error(`A message of ${length} bytes is too long`);
  return length;
};

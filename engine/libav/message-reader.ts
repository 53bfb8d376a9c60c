import { HEAD_BYTES } from './protocol.ts';

/** No message of the child's program is as long as this. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;

/** Puts messages together again, however the pipe has cut them. Each body has memory of its own, and nothing else in it. */
export class MessageReader {
  readonly #onMessage: (kind: number, body: Buffer) => void;
  readonly #head = Buffer.alloc(HEAD_BYTES);
  /** Undefined until the head is whole. */
  #body: Buffer | undefined;
  /** Bytes of the head, or of the body, that are there. */
  #filled = 0;

  constructor(onMessage: (kind: number, body: Buffer) => void) {
    this.#onMessage = onMessage;
  }

  /** @throws where the bytes are no messages. */
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
  if (length > MAX_BODY_BYTES) throw new Error(`A message of ${length} bytes`);
  return length;
};

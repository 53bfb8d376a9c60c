import { HEAD_BYTES } from './protocol.ts';

/** No message is as long as this: whoever sends one is not the child that was started. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;

/** Puts messages together again, however the pipe has cut them. */
export class MessageReader {
  readonly #onMessage: (kind: number, body: Buffer) => void;
  #chunks: Buffer[] = [];
  #length = 0;
  #wanted = HEAD_BYTES;

  constructor(onMessage: (kind: number, body: Buffer) => void) {
    this.#onMessage = onMessage;
  }

  /** @throws where the bytes are no messages. */
  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.byteLength;
    if (this.#length < this.#wanted) return;
    let bytes = Buffer.concat(this.#chunks);
    for (;;) {
      const total = bytes.byteLength < HEAD_BYTES ? HEAD_BYTES : HEAD_BYTES + bodyLength(bytes);
      if (bytes.byteLength < total || bytes.byteLength < HEAD_BYTES) {
        this.#chunks = bytes.byteLength > 0 ? [bytes] : [];
        this.#length = bytes.byteLength;
        this.#wanted = total;
        return;
      }
      this.#onMessage(bytes.readUInt8(4), bytes.subarray(HEAD_BYTES, total));
      bytes = bytes.subarray(total);
    }
  }
}

const bodyLength = (bytes: Buffer): number => {
  const length = bytes.readUInt32LE(0);
  if (length > MAX_BODY_BYTES) throw new Error(`A message of ${length} bytes`);
  return length;
};

import { createHash } from 'node:crypto';
import { type Readable, Transform } from 'node:stream';
import { ZipArchive } from 'archiver';

/** Bytes that may wait for the reader before `add` holds its caller back. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

/** Every entry carries this date, so that the same frames make the same ZIP, byte for byte. */
const ENTRY_DATE = new Date('1980-01-01T00:00:00Z');

/**
 * A ZIP written while it is read: entries are stored, not deflated (JPEG does not shrink), and its size and SHA-256
 * are taken on the way. Memory does not grow with the number of entries.
 */
export class StoredZip {
  readonly #archive = new ZipArchive({ store: true });
  readonly #hash = createHash('sha256');
  readonly #counter: Transform;
  #added = 0;
  #sizeBytes = 0;
  #roomMade: (() => void) | undefined;

  constructor() {
    this.#counter = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        this.#hash.update(chunk);
        this.#sizeBytes += chunk.byteLength;
        this.#roomMade?.();
        done(null, chunk);
      },
    });
    this.#archive.on('error', (error) => this.#counter.destroy(error));
    this.#counter.once('close', () => {
      // The entries that wait to be read are released, and `add` does not wait for a reader that has gone.
      if (!this.#counter.readableEnded) this.#archive.abort();
      this.#roomMade?.();
    });
    this.#counter.on('error', () => undefined);
    this.#archive.pipe(this.#counter);
  }

  /** The ZIP's bytes. Destroying it with an error ends the ZIP: `add` then throws that error. */
  get content(): Readable {
    return this.#counter;
  }

  /**
   * Appends an entry. Resolves when there is room for the next one.
   *
   * @throws the error that the content was destroyed with.
   */
  async add(name: string, bytes: Uint8Array): Promise<void> {
    this.#throwIfBroken();
    this.#archive.append(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
      name,
      date: ENTRY_DATE,
      mode: 0o644,
    });
    this.#added += bytes.byteLength;
    while (this.#added - this.#sizeBytes > MAX_WAITING_BYTES && !this.#counter.destroyed) {
      await new Promise<void>((resolve) => {
        this.#roomMade = resolve;
      });
    }
    this.#roomMade = undefined;
    this.#throwIfBroken();
  }

  /** No more entries: the content ends with the directory. */
  end(): void {
    void this.#archive.finalize();
  }

  /** Of the whole ZIP, once its content was read to the end. */
  digest(): { sizeBytes: number; sha256: string } {
    return { sizeBytes: this.#sizeBytes, sha256: this.#hash.digest('hex') };
  }

  #throwIfBroken(): void {
    if (this.#counter.destroyed) throw this.#counter.errored ?? new Error('The ZIP was destroyed');
  }
}

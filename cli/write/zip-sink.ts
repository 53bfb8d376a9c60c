import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { MANIFEST_FILE_NAME } from '../../archive/manifest.ts';
import { StoredZip } from '../../archive/stored-zip.ts';
import { beginPart, endPart } from './part-files.ts';

/** Writes frames and manifest into one ZIP: the service's, byte for byte, for the same frames and manifest. */
export class ZipSink {
  readonly #target: string;
  readonly #part: string;
  readonly #zip = new StoredZip();
  readonly #written: Promise<void>;

  static async open(target: string): Promise<ZipSink> {
    return new ZipSink(target, await beginPart(target));
  }

  private constructor(target: string, part: string) {
    this.#target = target;
    this.#part = part;
    this.#written = pipeline(this.#zip.content, createWriteStream(part, { flags: 'wx' }));
    // A later call of add or commit reports the failure.
    this.#written.catch(() => undefined);
  }

  add(fileName: string, bytes: Uint8Array): Promise<void> {
    return this.#zip.add(fileName, bytes);
  }

  async commit(manifest: string): Promise<number> {
    await this.#zip.add(MANIFEST_FILE_NAME, Buffer.from(manifest));
    this.#zip.end();
    await this.#written;
    await rename(this.#part, this.#target);
    await endPart(this.#part);
    return this.#zip.digest().sizeBytes;
  }

  async abort(): Promise<void> {
    this.#zip.content.destroy();
    await this.#written.catch(() => undefined);
    await endPart(this.#part);
  }
}

import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MANIFEST_FILE_NAME } from '../../archive/manifest.ts';
import { beginPart, endPart } from './part-files.ts';

/** Frames as an earlier run named them. */
const FRAME = /^frame_\d{5,}_\d{2,}h\d{2}m\d{2}\.\d{3}s\.jpg$/;

/** Writes frames and manifest into a folder. In a folder that is not empty it replaces those of an earlier run alone. */
export class FolderSink {
  readonly #target: string;
  readonly #part: string;
  #sizeBytes = 0;

  static async open(path: string): Promise<FolderSink> {
    const target = resolve(path);
    const part = await beginPart(target);
    await mkdir(part);
    return new FolderSink(target, part);
  }

  private constructor(target: string, part: string) {
    this.#target = target;
    this.#part = part;
  }

  async add(fileName: string, bytes: Uint8Array): Promise<void> {
    await writeFile(join(this.#part, fileName), bytes, { flag: 'wx' });
    this.#sizeBytes += bytes.byteLength;
  }

  async commit(manifest: string): Promise<number> {
    await this.add(MANIFEST_FILE_NAME, Buffer.from(manifest));
    const present = await readdir(this.#target).catch(() => undefined);
    if (present?.length === 0) await rmdir(this.#target);
    if (present === undefined || present.length === 0) await rename(this.#part, this.#target);
    else await this.#replace(present);
    await endPart(this.#part);
    return this.#sizeBytes;
  }

  async abort(): Promise<void> {
    await endPart(this.#part);
  }

  /** The manifest goes first and comes last: while it is there, it names what is there. */
  async #replace(present: readonly string[]): Promise<void> {
    await rm(join(this.#target, MANIFEST_FILE_NAME), { force: true });
    for (const name of present) if (FRAME.test(name)) await rm(join(this.#target, name));
    const names = (await readdir(this.#part)).filter((name) => name !== MANIFEST_FILE_NAME);
    for (const name of [...names, MANIFEST_FILE_NAME]) {
      await rename(join(this.#part, name), join(this.#target, name));
    }
  }
}

import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { PrivateFile } from './private-file.ts';

const Entry = z.object({
  /** Of the service's video. */
  videoId: z.string(),
  path: z.string(),
  /** Of the command that cuts it. */
  pid: z.int(),
});
type Entry = z.infer<typeof Entry>;

/** What makes a cut another one: another file, another version of it, another service, or another interval. */
export interface CutKey {
  apiUrl: string;
  path: string;
  sizeBytes: number;
  modifiedMilliseconds: number;
  intervalSeconds: number;
}

/**
 * Remembers which video of the service belongs to a cut that is under way, from its creation until its frames are here. A
 * command that was killed leaves its entry, and the same command finds it.
 */
export class UploadJournal {
  readonly #folder: string;

  constructor(configFolder: string) {
    this.#folder = join(configFolder, 'cuts');
  }

  async find(key: CutKey): Promise<Entry | undefined> {
    return this.#file(key).read();
  }

  async remember(key: CutKey, videoId: string): Promise<void> {
    await this.#file(key).write({ videoId, path: resolve(key.path), pid: process.pid });
  }

  async forget(key: CutKey): Promise<void> {
    await this.#file(key).remove();
  }

  #file({
    apiUrl,
    path,
    sizeBytes,
    modifiedMilliseconds,
    intervalSeconds,
  }: CutKey): PrivateFile<typeof Entry> {
    const identity = JSON.stringify([
      apiUrl,
      resolve(path),
      sizeBytes,
      modifiedMilliseconds,
      intervalSeconds,
    ]);
    const name = createHash('sha256').update(identity).digest('hex').slice(0, 32);
    return new PrivateFile(join(this.#folder, `${name}.json`), Entry);
  }
}

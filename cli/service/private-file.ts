import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type * as z from 'zod';

/** Of a folder and a file that no other user may read. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** A small JSON file of this user: written whole or not at all, readable by its owner alone. */
export class PrivateFile<Schema extends z.ZodType> {
  readonly path: string;
  readonly #schema: Schema;

  constructor(path: string, schema: Schema) {
    this.path = path;
    this.#schema = schema;
  }

  /** Undefined where there is no file, or one that another version wrote. */
  async read(): Promise<z.infer<Schema> | undefined> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
    try {
      return this.#schema.safeParse(JSON.parse(text)).data;
    } catch {
      return undefined;
    }
  }

  async write(value: z.infer<Schema>): Promise<void> {
    const folder = dirname(this.path);
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    await chmod(folder, FOLDER_MODE);
    const part = `${this.path}.${randomUUID()}.part`;
    try {
      await writeFile(part, `${JSON.stringify(value, null, 2)}\n`, { flag: 'wx', mode: FILE_MODE });
      await rename(part, this.path);
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }
}

import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** A file of the site. */
export interface SiteFile {
  /** Its path with forward slashes, which is also its key in the bucket. */
  readonly path: string;
  readonly content: Uint8Array;
}

/** Every file below a directory. */
export const readSite = async (directory: string): Promise<SiteFile[]> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return { path: relative(directory, path).replaceAll(sep, '/'), content: await readFile(path) };
      }),
  );
};

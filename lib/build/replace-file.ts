import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** An image runs as a user that does not own its files, and Docker keeps a file's mode. */
const READABLE_BY_ALL = 0o644;

/**
 * Writes a file if its content differs. Writes to a temporary name and renames, so that a concurrent synthesis never
 * sees an incomplete file. Every user may read the file, independently of this process's umask.
 */
export const replaceFile = (path: string, content: string): void => {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== content) {
    mkdirSync(dirname(path), { recursive: true });
    const partial = `${path}.${process.pid}`;
    writeFileSync(partial, content);
    renameSync(partial, path);
  }
  chmodSync(path, READABLE_BY_ALL);
};

import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** An image runs as a user that does not own its files, and Docker keeps the mode that a file has here. */
const READABLE_BY_ALL = 0o644;

/**
 * Writes a file, unless it has this content already. Written beside and renamed: another synthesis at the same time never
 * sees half a file. Every user may read it, whatever the umask of this process.
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

import { rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isRunning } from '../is-running.ts';

/**
 * What is being written has a name of its own beside its target, `.NAME.PID.part`, and is renamed when it is complete: a
 * target is never half-written. A part is removed with its command, and that of a killed command by the next one.
 */

/** Parts of this process. */
const parts = new Set<string>();

const removeAll = () => {
  for (const path of parts) rmSync(path, { recursive: true, force: true });
};

/** The name under which a target is written; remembered, so that it is removed if the process ends first. */
export const beginPart = async (target: string): Promise<string> => {
  await removeStaleParts(target);
  if (parts.size === 0 && !process.listeners('exit').includes(removeAll)) process.once('exit', removeAll);
  const part = join(dirname(target), `.${basename(target)}.${process.pid}.part`);
  parts.add(part);
  return part;
};

/** The part has become its target, or is not wanted. */
export const endPart = async (part: string): Promise<void> => {
  await rm(part, { recursive: true, force: true });
  parts.delete(part);
};

const removeStaleParts = async (target: string): Promise<void> => {
  const [start, end] = [`.${basename(target)}.`, '.part'];
  const names = await readdir(dirname(target)).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(start) || !name.endsWith(end)) continue;
    const pid = name.slice(start.length, -end.length);
    if (/^\d+$/.test(pid) && !isRunning(Number(pid))) {
      await rm(join(dirname(target), name), { recursive: true, force: true });
    }
  }
};

import { spawnSync } from 'node:child_process';
import { temporaryFolder } from './command-line.ts';

/** A file system that is soon full. */
export interface SmallDisk {
  path: string;
  remove(): void;
}

/** A small tmpfs; undefined where this user may not mount one. */
export const mountSmallDisk = async (kibibytes: number): Promise<SmallDisk | undefined> => {
  const path = await temporaryFolder();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', path]);
  if (mounted.status !== 0) return undefined;
  return { path, remove: () => void spawnSync('umount', ['--lazy', path]) };
};

import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';

/** The ids of this process's children whose command line contains `text`. */
export const childrenWith = async (text: string): Promise<number[]> => {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const [stat, commandLine] = await Promise.all(
      ['stat', 'cmdline'].map((file) => readFile(`/proc/${name}/${file}`, 'latin1').catch(() => '')),
    );
    // The command's name may contain spaces and parentheses, so the fields after the last parenthesis are read.
    const parent = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (parent === process.pid && commandLine?.includes(text)) found.push(Number(name));
  }
  return found;
};

/** The letter of a process's state: `T` means stopped, `S` waiting. Undefined if there is no such process. */
export const processState = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[0];
  } catch {
    return undefined;
  }
};

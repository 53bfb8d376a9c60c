import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';

const MEBIBYTE_KIB = 1024;

/**
 * A process's resident memory (Linux).
 * @throws Error if the process does not exist
 */
export const residentMebibytes = (pid: number): number => {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kibibytes === undefined) throw new Error(`process ${pid} has no resident memory`);
  return Number(kibibytes) / MEBIBYTE_KIB;
};

/**
 * The fields of /proc/<pid>/stat after the command, which may contain spaces and parentheses. The first of them is
 * field 3 in proc(5).
 */
export const fieldsBehindCommand = (stat: string): string[] =>
  stat.slice(stat.lastIndexOf(')') + 2).split(' ');

/** Linux counts CPU time in hundredths of a second. */
export const TICKS_PER_SECOND = 100;
/** Indexes after the command: user and system time are fields 14 and 15 in proc(5). */
const [USER_FIELD, SYSTEM_FIELD] = [11, 12];

/**
 * CPU seconds that a process has used so far (Linux).
 * @throws Error if the process does not exist
 */
export const cpuSeconds = (pid: number): number => {
  const fields = fieldsBehindCommand(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return (Number(fields[USER_FIELD]) + Number(fields[SYSTEM_FIELD])) / TICKS_PER_SECOND;
};

const SAMPLE_MILLISECONDS = 40;
const PAGE_BYTES = 4096;
/** Indexes after the command: the parent is field 4, the resident pages are field 24 in proc(5). */
const [PARENT_FIELD, RESIDENT_FIELD] = [1, 21];

/** Records the peak of the total resident memory, in bytes, of processes and all their descendants (Linux). */
export const watchMemory = (roots: () => readonly number[]): { stop(): Promise<number> } => {
  let peak = 0;
  let sampling = Promise.resolve();
  const timer = setInterval(() => {
    sampling = sampling.then(async () => {
      peak = Math.max(peak, await residentBytes(new Set(roots())));
    });
  }, SAMPLE_MILLISECONDS);
  return {
    stop: async () => {
      clearInterval(timer);
      await sampling;
      return peak;
    },
  };
};

/** Total resident memory of processes and all their descendants, in bytes. Shared pages count for each process. */
const residentBytes = async (roots: ReadonlySet<number>): Promise<number> => {
  const processes = new Map<number, { parent: number; bytes: number }>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = fieldsBehindCommand(await readFile(`/proc/${name}/stat`, 'latin1').catch(() => ''));
    processes.set(Number(name), {
      parent: Number(fields[PARENT_FIELD]),
      bytes: Number(fields[RESIDENT_FIELD]) * PAGE_BYTES || 0,
    });
  }
  let sum = 0;
  for (const [pid, { bytes }] of processes) {
    for (let ancestor: number | undefined = pid; ancestor; ancestor = processes.get(ancestor)?.parent) {
      if (!roots.has(ancestor)) continue;
      sum += bytes;
      break;
    }
  }
  return sum;
};

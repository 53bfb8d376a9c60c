import { readFileSync } from 'node:fs';

const MEBIBYTE_KIB = 1024;

/** A process's resident memory (Linux). @throws Error where there is no such process. */
export const residentMebibytes = (pid: number): number => {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kibibytes === undefined) throw new Error(`process ${pid} has no memory`);
  return Number(kibibytes) / MEBIBYTE_KIB;
};

/** Linux counts a process's time in hundredths of a second. */
const TICKS_PER_SECOND = 100;
/** Fields of /proc/<pid>/stat after the command: user and system time are the 14th and 15th of all. */
const [USER_FIELD, SYSTEM_FIELD] = [11, 12];

/** Seconds of CPU that a process has used so far (Linux). @throws Error where there is no such process. */
export const cpuSeconds = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[USER_FIELD]) + Number(fields[SYSTEM_FIELD])) / TICKS_PER_SECOND;
};

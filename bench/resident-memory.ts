import { readFileSync } from 'node:fs';

const MEBIBYTE_KIB = 1024;

/** A process's resident memory (Linux). @throws Error where there is no such process. */
export const residentMebibytes = (pid: number): number => {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kibibytes === undefined) throw new Error(`process ${pid} has no memory`);
  return Number(kibibytes) / MEBIBYTE_KIB;
};

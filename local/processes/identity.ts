import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Indexes of fields in /proc/<pid>/stat, counted after the command. In proc(5) the state is field 3, the start time
 * field 22.
 */
const STATE_FIELD = 0;
const START_TIME_FIELD = 19;

/**
 * Distinguishes a process from a later one with the same pid: its start time and the boot id. Undefined if no process
 * with this pid runs.
 */
export const processIdentity = (pid: number): string | undefined =>
  process.platform === 'linux' ? identityFromProc(pid) : identityFromPs(pid);

const identityFromProc = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only its parent has not waited for it yet.
    if (fields[STATE_FIELD] === 'Z' || fields[STATE_FIELD] === 'X') return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${fields[START_TIME_FIELD]}`;
  } catch {
    return undefined;
  }
};

const identityFromPs = (pid: number): string | undefined => {
  try {
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return started === '' ? undefined : started;
  } catch {
    return undefined;
  }
};

/** The command line of a running process; empty if it is unknown. */
export const commandLineOf = (pid: number): string => {
  try {
    return process.platform === 'linux'
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      : execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
};

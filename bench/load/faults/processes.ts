import { readdirSync, readFileSync } from 'node:fs';
import { commandLineOf, processIdentity } from '../../../local/processes/identity.ts';
import { fieldsBehindCommand } from '../../process-usage.ts';

/** A process that is told from a later one with the same pid. */
export interface Victim {
  readonly pid: number;
  readonly identity: string;
}

export const victimOf = (pid: number): Victim | undefined => {
  const identity = processIdentity(pid);
  return identity === undefined ? undefined : { pid, identity };
};

/** Signals the process, and it alone, if it is still the one. @returns whether it was */
export const signalVictim = ({ pid, identity }: Victim, signal: NodeJS.Signals): boolean => {
  if (processIdentity(pid) !== identity) return false;
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
};

/** A process and all that it started, directly or not (Linux). */
export const familyOf = (pid: number): number[] => {
  const children = Map.groupBy(allProcesses(), ({ parent }) => parent);
  const family = [pid];
  // The list grows while it is walked.
  for (const member of family) family.push(...(children.get(member) ?? []).map((child) => child.pid));
  return family;
};

/** The program that decodes, or FFmpeg where the command line does it. */
const EXTRACTOR = /extractor\.mjs|^\S*ffmpeg /;

/** The processes that extract among what these have started. */
export const extractorsOf = (pids: readonly number[]): number[] =>
  pids.flatMap((pid) => familyOf(pid).slice(1)).filter(isExtractor);

export const isExtractor = (pid: number): boolean => EXTRACTOR.test(commandLineOf(pid));

const allProcesses = (): { pid: number; parent: number }[] =>
  readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const [, parent] = fieldsBehindCommand(readFileSync(`/proc/${name}/stat`, 'utf8'));
      return [{ pid: Number(name), parent: Number(parent) }];
    } catch {
      return [];
    }
  });

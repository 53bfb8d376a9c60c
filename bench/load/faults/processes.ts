import { readdirSync, readFileSync } from 'node:fs';
import { commandLineOf, processIdentity } from '../../../local/processes/identity.ts';
import { fieldsBehindCommand } from '../../process-usage.ts';

/** A process with its identity, which distinguishes it from a later process with the same pid. */
export interface Victim {
  readonly pid: number;
  readonly identity: string;
}

export const victimOf = (pid: number): Victim | undefined => {
  const identity = processIdentity(pid);
  return identity === undefined ? undefined : { pid, identity };
};

/**
 * Signals only this process, and only if its identity still matches.
 * @returns whether it matched
 */
export const signalVictim = ({ pid, identity }: Victim, signal: NodeJS.Signals): boolean => {
  if (processIdentity(pid) !== identity) return false;
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
};

/** A process and all its descendants (Linux). */
export const familyOf = (pid: number): number[] => {
  const children = Map.groupBy(allProcesses(), ({ parent }) => parent);
  const family = [pid];
  // The list grows during the iteration.
  for (const member of family) family.push(...(children.get(member) ?? []).map((child) => child.pid));
  return family;
};

/** The command line of the extractor or of FFmpeg. */
const EXTRACTOR = /extractor\.mjs|^\S*ffmpeg /;

/** The extractors among the descendants of these processes. */
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

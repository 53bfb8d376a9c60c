import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProcessLedger } from '../../local/processes/ledger.ts';
import type { DevStack } from '../../local/stack.ts';
import { stateDirectoryAt } from '../../local/state/directory.ts';
import { isExtractor } from './faults/processes.ts';

const LOOK_MILLISECONDS = 2_000;
const KIBIBYTES = 1024;

/** The processes of one kind at one moment. */
export interface KindSample {
  readonly atSeconds: number;
  readonly processes: number;
  /** Resident memory of the largest process, without shared memory, which all PostgreSQL processes map. */
  readonly mebibytes: number;
}

export interface ProcessWatch {
  /** Samples by kind of process. */
  readonly samples: ReadonlyMap<string, readonly KindSample[]>;
  stop(): Promise<void>;
}

export const EXTRACTOR_KIND = 'extractor';
/** This process runs the front door, the event sources and the clients. */
const OWN_KIND = 'this process: API, queues, clients';

/** Samples every process of the stack repeatedly (Linux). */
export const watchProcesses = (stack: DevStack): ProcessWatch => {
  const stopping = new AbortController();
  const startedAt = Date.now();
  const samples = new Map<string, KindSample[]>();
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const atSeconds = (Date.now() - startedAt) / 1000;
      for (const [kind, sizes] of lookAtProcesses(stack)) {
        const known = samples.get(kind) ?? [];
        known.push({ atSeconds, processes: sizes.length, mebibytes: Math.max(...sizes) });
        samples.set(kind, known);
      }
      await sleep(LOOK_MILLISECONDS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    samples,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
};

/** The memory of the stack's processes in MiB, by kind: a recorded process, or the children of one. */
export const lookAtProcesses = (stack: DevStack): Map<string, number[]> => {
  const leaders = new Map<number, string>([[process.pid, OWN_KIND]]);
  const ledger = new ProcessLedger(stateDirectoryAt(stack.stateDir).ledgerFile);
  for (const { pid, name } of ledger.running()) leaders.set(pid, name);
  const all = readProcesses();
  const sizes = new Map<string, number[]>();
  for (const [pid, { mebibytes }] of all) {
    const kind = kindOf(pid, all, leaders);
    if (kind !== undefined) sizes.set(kind, [...(sizes.get(kind) ?? []), mebibytes]);
  }
  return sizes;
};

interface ProcessFacts {
  readonly parent: number;
  readonly mebibytes: number;
}

const kindOf = (
  pid: number,
  all: ReadonlyMap<number, ProcessFacts>,
  leaders: ReadonlyMap<number, string>,
): string | undefined => {
  const own = leaders.get(pid);
  if (own !== undefined) return own;
  for (let ancestor = all.get(pid)?.parent; ancestor; ancestor = all.get(ancestor)?.parent) {
    const leader = leaders.get(ancestor);
    // Other children of this process do not belong to the stack.
    if (leader === OWN_KIND) return undefined;
    if (leader !== undefined) return isExtractor(pid) ? EXTRACTOR_KIND : `${leader}: child`;
  }
  return undefined;
};

const readProcesses = (): Map<number, ProcessFacts> => {
  const all = new Map<number, ProcessFacts>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      const kibibytes = fieldOf(status, 'VmRSS') - fieldOf(status, 'RssShmem');
      all.set(Number(name), { parent: fieldOf(status, 'PPid'), mebibytes: kibibytes / KIBIBYTES });
    } catch {
      // The process has ended since the directory was read.
    }
  }
  return all;
};

/** A number from /proc/<pid>/status; 0 if the field is missing, as for a zombie. */
const fieldOf = (status: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);

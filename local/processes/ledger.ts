import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { processIdentity } from './identity.ts';
import { signalGroup } from './signal.ts';

const LedgerEntry = z.object({
  pid: z.int().positive(),
  identity: z.string(),
  name: z.string(),
  /** What ends it in good order. */
  stopSignal: z.enum(['SIGTERM', 'SIGINT']),
  /** Pid and identity of the stack that started it. */
  owner: z.string(),
});
type LedgerEntry = z.infer<typeof LedgerEntry>;

/** How long leftovers get to end in good order, in milliseconds. */
const GRACE_MILLISECONDS = 5_000;

/** What tells one stack from another, also from one that had the same pid before it. */
export const ownerOf = (pid: number): string => `${pid}/${processIdentity(pid) ?? 'gone'}`;

/**
 * The processes that a stack started, on disk: what survives the stack's own sudden death. Every process in it
 * leads a process group of its own.
 */
export class ProcessLedger {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Writes the process down, at once: a process unrecorded is a process leaked. */
  record(pid: number, name: string, stopSignal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): void {
    const identity = processIdentity(pid);
    if (identity === undefined) return;
    const entry: LedgerEntry = { pid, identity, name, stopSignal, owner: ownerOf(process.pid) };
    appendFileSync(this.#file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
  }

  clear(): void {
    writeFileSync(this.#file, '', { mode: 0o600 });
  }

  /**
   * The recorded processes that still run, each verified to be the one recorded.
   * @param owner only those of this stack
   */
  running(owner?: string): LedgerEntry[] {
    return this.#entries().filter(
      (entry) =>
        (owner === undefined || entry.owner === owner) && processIdentity(entry.pid) === entry.identity,
    );
  }

  /**
   * Ends what a stack left behind. It writes nothing: a newer stack may be recording its own by now.
   * @param owner the stack; without one, whatever is recorded
   * @returns the names of what was ended
   */
  async endLeftovers(owner?: string): Promise<string[]> {
    const leftovers = this.running(owner);
    for (const { pid, stopSignal } of leftovers) {
      // One that was stopped (SIGSTOP) hears nothing until it goes on.
      signalGroup(pid, stopSignal);
      signalGroup(pid, 'SIGCONT');
    }
    const deadline = Date.now() + GRACE_MILLISECONDS;
    while (this.running(owner).length > 0 && Date.now() < deadline) await sleep(50);
    for (const { pid } of this.running(owner)) signalGroup(pid, 'SIGKILL');
    while (this.running(owner).length > 0 && Date.now() < deadline + GRACE_MILLISECONDS) await sleep(50);
    return leftovers.map((entry) => entry.name);
  }

  #entries(): LedgerEntry[] {
    let text: string;
    try {
      text = readFileSync(this.#file, 'utf8');
    } catch {
      return [];
    }
    return text.split('\n').flatMap((line) => {
      try {
        // The last line may be half written: the stack died writing it.
        const entry = LedgerEntry.safeParse(JSON.parse(line));
        return entry.success ? [entry.data] : [];
      } catch {
        return [];
      }
    });
  }
}

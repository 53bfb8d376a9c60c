import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { processIdentity } from './identity.ts';
import { signalGroup } from './signal.ts';

const LedgerEntry = z.object({
  pid: z.int().positive(),
  identity: z.string(),
  name: z.string(),
  /** The signal for a regular stop. */
  stopSignal: z.enum(['SIGTERM', 'SIGINT']),
  /** Pid and identity of the stack that started it. */
  owner: z.string(),
});
type LedgerEntry = z.infer<typeof LedgerEntry>;

/** Time for leftover processes to end after their stop signal, in milliseconds. */
const GRACE_MILLISECONDS = 5_000;

/** Identifies a stack, even if an earlier stack had the same pid. */
export const ownerOf = (pid: number): string => `${pid}/${processIdentity(pid) ?? 'gone'}`;

/**
 * A file that lists the processes of a stack, so that they can be ended after a crash of the stack. Every listed
 * process leads its own process group.
 */
export class ProcessLedger {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Records the process synchronously: after a crash of the stack, an unrecorded process would never be ended. */
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
   * The recorded processes that still run. Their identity is verified.
   * @param owner only those of this stack
   */
  running(owner?: string): LedgerEntry[] {
    return this.#entries().filter(
      (entry) =>
        (owner === undefined || entry.owner === owner) && processIdentity(entry.pid) === entry.identity,
    );
  }

  /**
   * Ends processes that a stack left behind. It does not write to the file, because a newer stack may be using it.
   * @param owner the stack; without it, all recorded processes are ended
   * @returns the names of the ended processes
   */
  async endLeftovers(owner?: string): Promise<string[]> {
    const leftovers = this.running(owner);
    for (const { pid, stopSignal } of leftovers) {
      // A process stopped by SIGSTOP receives the signal only after SIGCONT.
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
        // The last line may be incomplete if the stack crashed while writing it.
        const entry = LedgerEntry.safeParse(JSON.parse(line));
        return entry.success ? [entry.data] : [];
      } catch {
        return [];
      }
    });
  }
}

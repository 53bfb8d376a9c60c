import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { settledWithin } from '../waiting.ts';
import { ownerOf } from './ledger.ts';

/** The process that ends the stack's processes if the stack crashes. */
export interface Warden {
  /** Ends the warden after its last search for leftover processes. */
  dismiss(): Promise<void>;
}

/** @param ledgerFile where the stack's processes are recorded */
export const startWarden = (ledgerFile: string): Warden => {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'warden.ts'), ledgerFile, ownerOf(process.pid)],
    {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: process.env.PATH },
    },
  );
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  child.stdin.on('error', () => {});
  child.unref();
  return {
    dismiss: async () => {
      child.stdin.end();
      if (!(await settledWithin(exited, 15_000))) child.kill('SIGKILL');
    },
  };
};

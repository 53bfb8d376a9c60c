/**
 * Waits until the stack's end of the pipe closes, for any reason, including SIGKILL and crashes. Then it ends every
 * process of that stack that still runs; after a regular stop there is none. Processes of a newer stack are not
 * touched.
 *
 * Usage: node warden.ts <ledger file> <owner>
 */
import { ProcessLedger } from './ledger.ts';

const [, , ledgerFile, owner] = process.argv;
if (ledgerFile === undefined || owner === undefined)
  throw new Error('usage: warden.ts <ledger file> <owner>');

// The warden ignores Ctrl-C and hang-ups of the terminal: it ends when the stack ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

process.stdin.resume();
process.stdin.once('close', () => {
  void new ProcessLedger(ledgerFile).endLeftovers(owner).finally(() => process.exit(0));
});

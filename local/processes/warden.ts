/**
 * Outlives the stack by a moment: when the stack's end of the pipe closes, whatever the reason (SIGKILL and
 * crashes included), it ends every process of that stack that still runs. After a stop in good order there is none.
 * It leaves alone what the next stack may have started meanwhile.
 *
 * Usage: node warden.ts <ledger file> <owner>
 */
import { ProcessLedger } from './ledger.ts';

const [, , ledgerFile, owner] = process.argv;
if (ledgerFile === undefined || owner === undefined)
  throw new Error('usage: warden.ts <ledger file> <owner>');

// The stack decides when it ends; a terminal's Ctrl-C or hang-up is the stack's to hear.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

process.stdin.resume();
process.stdin.once('close', () => {
  void new ProcessLedger(ledgerFile).endLeftovers(owner).finally(() => process.exit(0));
});

import { join } from 'node:path';
import { DevStackError } from './errors.ts';
import { consoleLog } from './log.ts';
import { readCommandLine, USAGE } from './options.ts';
import { ProcessLedger } from './processes/ledger.ts';
import { signalGroup } from './processes/signal.ts';
import { type DevStack, startDevStack } from './stack.ts';
import { stateDirectoryAt } from './state/directory.ts';

const PROJECT_DIRECTORY = join(import.meta.dirname, '..');
const INTERRUPTED = 130;
/**
 * One Ctrl-C arrives twice, from the terminal and from npm. A second signal within this time, in milliseconds, is the
 * same one.
 */
const SAME_SIGNAL_MILLISECONDS = 500;

/** Starts the stack and runs until a signal. Then it exits the process; the exit code is 1 if the start failed. */
export const runCommandLine = async (args: readonly string[]): Promise<void> => {
  try {
    const options = readCommandLine(args, process.env, PROJECT_DIRECTORY);
    if (options.help) {
      console.log(USAGE);
      return;
    }
    let stack: DevStack | undefined;
    let firstSignalAt: number | undefined;
    const onSignal = (): void => {
      if (firstSignalAt !== undefined) {
        if (Date.now() - firstSignalAt > SAME_SIGNAL_MILLISECONDS) endHard(options.stateDir);
        return;
      }
      firstSignalAt = Date.now();
      console.log('\nStopping … (Ctrl-C again ends it at once)');
      // A stack that is still starting cannot stop in good order. The warden ends the processes that already run.
      if (stack === undefined) process.exit(INTERRUPTED);
      void stack.stop().then(() => process.exit(0));
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
    console.log('Starting Frame Flow …');
    stack = await startDevStack({ ...options, log: consoleLog });
    console.log(describe(stack));
  } catch (error) {
    console.error(error instanceof DevStackError ? error.message : error);
    process.exit(1);
  }
};

const endHard = (stateDir: string): never => {
  for (const { pid } of new ProcessLedger(stateDirectoryAt(stateDir).ledgerFile).running()) {
    signalGroup(pid, 'SIGKILL');
  }
  process.exit(INTERRUPTED);
};

const describe = (stack: DevStack): string => `
Frame Flow is up.

  API       ${stack.url}
  Storage   ${stack.storageUrl}
  State     ${stack.stateDir} (npm start -- --fresh starts empty)
  Logs      ${stack.logs}

Ctrl-C stops it.`;

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
/** One Ctrl-C reaches us twice, from the terminal and from npm, within this time, in milliseconds. */
const SAME_SIGNAL_MILLISECONDS = 500;

/** Starts the stack and stays until a signal; exits the process at the end, 1 when the start failed. */
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
      // While it starts there is nothing to be stopped in good order: what runs already is ended by the warden.
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

import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import type { Start } from './command-tree/start.ts';
import type { GlobalOptions } from './context.ts';
import { type CliError, interruption, reportOf, usageError } from './errors.ts';
import { EXIT_CODES, type Outcome } from './exit-codes.ts';
import { Terminal } from './output/terminal.ts';
import { createProgram } from './program.ts';

/** A second Ctrl-C ends at once, if it is not the same one that came twice (by the keyboard and by the launcher). */
const SECOND_INTERRUPT_MILLISECONDS = 500;

/** Runs one command line. @returns the exit code. */
export const runCommandLine = async (args: readonly string[], host: NodeJS.Process): Promise<number> => {
  const { env, stdout, stderr } = host;
  const color = (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
  const beforeOptions = { json: args.includes('--json'), quiet: false, color };
  let terminal = new Terminal({ stdout, stderr, ...beforeOptions });
  const signal = listenForInterrupts(host);
  let outcome: Outcome = 'done';

  const start: Start =
    (action) =>
    async (...args) => {
      const command = args.at(-1);
      if (!(command instanceof Command)) throw new Error('Commander calls an action with its command');
      const options = command.optsWithGlobals<GlobalOptions>();
      const { json = false, quiet = false } = options;
      terminal = new Terminal({ stdout, stderr, json, quiet, color: color && options.color });
      outcome = await action({ terminal, signal, env, options }, ...args);
    };
  const program = createProgram(readVersion(), start);
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ outputError: () => undefined });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT_CODES.done.code;
    // Without a command, commander has printed the help.
    if (error instanceof CommanderError && error.code === 'commander.help') return EXIT_CODES.usage.code;
    const report = reportOf(error instanceof CommanderError ? ofCommander(error) : error);
    terminal.error(report);
    outcome = report.outcome;
  }
  return EXIT_CODES[outcome].code;
};

/** Aborts at the first signal; what is under way then cleans up. A second one does not wait for that. */
const listenForInterrupts = (host: NodeJS.Process): AbortSignal => {
  const controller = new AbortController();
  let firstAt = 0;
  const onSignal = () => {
    const now = performance.now();
    if (!controller.signal.aborted) {
      firstAt = now;
      controller.abort(interruption());
    } else if (now - firstAt > SECOND_INTERRUPT_MILLISECONDS) {
      host.exit(EXIT_CODES.interrupted.code);
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) host.on(name, onSignal);
  return controller.signal;
};

/** Commander's `error: unknown option '--evry'`, with its suggestion on a second line, as ours. */
const ofCommander = ({ message }: CommanderError): CliError => {
  const [first = '', ...others] = message.replace(/^error: /, '').split('\n');
  const suggestion = others.join(' ').replaceAll(/[()]/g, '').trim();
  const sentence = `${first.charAt(0).toUpperCase()}${first.slice(1)}`;
  return usageError(
    /[.!?]$/.test(sentence) ? sentence : `${sentence}.`,
    suggestion === '' ? 'See `frame-flow help`.' : suggestion,
  );
};

const readVersion = (): string => {
  const path = new URL(
    import.meta.url.endsWith('.ts') ? '../package.json' : './package.json',
    import.meta.url,
  );
  const { version }: { version?: unknown } = JSON.parse(readFileSync(path, 'utf8'));
  return String(version);
};

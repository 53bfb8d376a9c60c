import { spawn } from 'node:child_process';
import { appendFile } from 'node:fs/promises';
import { EmulatorError } from './errors.ts';

/** The last lines of what a program wrote: enough to see what is wrong. */
const LINES_OF_AN_ERROR = 40;

export interface ProgramOptions {
  readonly cwd?: string;
  /** The whole environment. @default this process's own */
  readonly env?: NodeJS.ProcessEnv;
  /** What the program writes is appended here. */
  readonly logFile?: string;
  /** Told the pid as soon as the program runs. */
  readonly onStart?: (pid: number) => void;
}

export interface ProgramResult {
  /** Null where a signal ended it. */
  readonly code: number | null;
  /** Standard output and standard error, in the order in which they came. */
  readonly output: string;
}

/**
 * Runs a program to its end, whatever its exit code, in a process group of its own.
 * @throws EmulatorError where it cannot be started
 */
export const runToEnd = async (
  command: string,
  args: readonly string[],
  { cwd, env = process.env, logFile, onStart }: ProgramOptions = {},
): Promise<ProgramResult> => {
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid !== undefined) onStart?.(child.pid);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (cause) => reject(new EmulatorError(`${command} cannot be started`, { cause })));
    child.once('close', resolve);
  });
  if (logFile !== undefined) {
    await appendFile(logFile, `$ ${[command, ...args].join(' ')}\n${output}\n`, { mode: 0o600 });
  }
  return { code, output };
};

/**
 * Runs a program that has to succeed.
 * @returns what it wrote
 * @throws EmulatorError with the last lines of what it wrote, where it fails
 */
export const runProgram = async (
  command: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<string> => {
  const { code, output } = await runToEnd(command, args, options);
  if (code === 0) return output;
  const tail = output.trimEnd().split('\n').slice(-LINES_OF_AN_ERROR).join('\n');
  throw new EmulatorError(`${command} ${args.join(' ')} ended with ${code}:\n${tail}`);
};

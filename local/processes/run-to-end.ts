import { spawn } from 'node:child_process';

export interface ProgramOptions {
  readonly cwd?: string;
  /** The whole environment. @default this process's own */
  readonly env?: NodeJS.ProcessEnv;
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
 * @throws Error the system's, where it cannot be started
 */
export const runToEnd = async (
  command: string,
  args: readonly string[],
  { cwd, env = process.env, onStart }: ProgramOptions = {},
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
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, output };
};

/** The last lines of what a program wrote: enough to see what is wrong. */
export const lastLines = (output: string, count: number): string =>
  output.trimEnd().split('\n').slice(-count).join('\n');

import { spawn } from 'node:child_process';

export interface ProgramOptions {
  readonly cwd?: string;
  /** The complete environment. @default the environment of this process */
  readonly env?: NodeJS.ProcessEnv;
  /** Called with the pid as soon as the program runs. */
  readonly onStart?: (pid: number) => void;
}

export interface ProgramResult {
  /** Null if a signal ended the program. */
  readonly code: number | null;
  /** Standard output and standard error, in the order of arrival. */
  readonly output: string;
}

/**
 * Runs a program to its end, in its own process group. Any exit code is a result, not an error.
 * @throws Error of the system, if the program cannot be started
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

/** The last lines of a program's output. */
export const lastLines = (output: string, count: number): string =>
  output.trimEnd().split('\n').slice(-count).join('\n');

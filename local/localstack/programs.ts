import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { hasErrorCode } from '../errors.ts';
import { signalGroup } from '../processes/signal.ts';
import { settledWithin } from '../waiting.ts';
import { InterruptedError } from './errors.ts';

/** Time between SIGTERM and SIGKILL for an interrupted program. */
const GRACE_MILLISECONDS = 10_000;

/** Number of output lines of a failed program that the user sees. */
const SHOWN_LINES = 15;

/** A program is missing or ended with an error. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
  readonly missing: boolean;
  /** The end of its output, without lines that may contain a password. */
  readonly lastLines: readonly string[];

  constructor(message: string, missing: boolean, lastLines: readonly string[]) {
    super(message);
    this.missing = missing;
    this.lastLines = lastLines;
  }
}

export interface ProgramsOptions {
  readonly project: string;
  /** The directory of the logs. It must exist. */
  readonly logs: string;
  readonly env: NodeJS.ProcessEnv;
  /** Ends the running program and prevents further starts. */
  readonly signal: AbortSignal;
}

/** A program's arguments and settings. */
export interface ProgramCall {
  readonly args: readonly string[];
  /** Replaces variables; undefined removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The log file's name without `.log`. */
  readonly log: string;
}

/** Runs programs one at a time, each to its end. Their output goes into log files. */
export class Programs {
  readonly #options: ProgramsOptions;

  constructor(options: ProgramsOptions) {
    this.#options = options;
  }

  logFile(log: string): string {
    return join(this.#options.logs, `${log}.log`);
  }

  /**
   * Runs a program to its end.
   *
   * @returns its output
   * @throws ProgramError if it is missing or ends with an error; InterruptedError after its end if the signal was
   * aborted
   */
  async run(command: string, { args, env, log }: ProgramCall): Promise<string> {
    const { project, signal } = this.#options;
    if (signal.aborted) throw new InterruptedError();
    const logFile = this.logFile(log);
    const output = openSync(logFile, 'w', 0o600);
    // The program leads its own process group, so that a signal reaches the processes that it started.
    const child = spawn(command, args, {
      cwd: project,
      env: { ...this.#environment(), ...env },
      detached: true,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => resolve(code));
    });
    const interrupt = () => void endGroup(child.pid, ended);
    signal.addEventListener('abort', interrupt);
    try {
      const code = await ended;
      if (signal.aborted) throw new InterruptedError();
      const written = readFileSync(logFile, 'utf8');
      if (code === 0) return written;
      throw new ProgramError(`${command} ended with ${code ?? 'a signal'}`, false, shown(written));
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT')) throw new ProgramError(`${command} was not found`, true, []);
      throw error;
    } finally {
      signal.removeEventListener('abort', interrupt);
    }
  }

  /**
   * The user's environment with an extended PATH. `node` is the Node that runs this process, because the CDK starts the
   * app with it. Programs of the project's packages come after those of the user's PATH.
   */
  #environment(): NodeJS.ProcessEnv {
    const { env, project } = this.#options;
    const path = [dirname(process.execPath), env.PATH, join(project, 'node_modules', '.bin')];
    return { ...env, PATH: path.filter((part) => part).join(delimiter) };
  }
}

const endGroup = async (pid: number | undefined, ended: Promise<unknown>): Promise<void> => {
  if (pid === undefined) return;
  signalGroup(pid, 'SIGTERM');
  if (!(await settledWithin(ended, GRACE_MILLISECONDS))) signalGroup(pid, 'SIGKILL');
};

const shown = (written: string): string[] =>
  written
    .trimEnd()
    .split('\n')
    .slice(-SHOWN_LINES)
    .filter((line) => line !== '' && !/PASSWORD|SECRET|resolve:/i.test(line));

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { guardGroup, killGroup } from '../child-groups.ts';
import { ExtractionError } from '../errors.ts';

/** One run of FFmpeg. */
export interface FfmpegRun {
  binary: string;
  args: readonly string[];
  /** The private directory. The only file in `args` is relative to it. */
  cwd: string;
  /** Kills the whole process group at once. */
  signal: AbortSignal;
  onStdout(chunk: Buffer): void;
  /** Receives each line of the log, in order. Long lines are truncated. */
  onLogLine(line: string): void;
}

const MAX_LOG_LINE = 4096;

/**
 * Runs FFmpeg without a shell, with an empty environment (so without credentials) and in its own process group. The
 * group gets SIGKILL because FFmpeg sometimes ignores SIGTERM.
 *
 * @returns the exit code. Code 0 does not guarantee frames, so callers also look at the output.
 * @throws ExtractionError ENGINE_CRASHED if FFmpeg could not start or a foreign signal killed it, PROCESSING_TIMEOUT if
 *   it used up its CPU time; the signal's reason if `signal` aborted
 */
export const runFfmpeg = async (run: FfmpegRun): Promise<number> => {
  run.signal.throwIfAborted();
  const child = spawn(run.binary, run.args, {
    cwd: run.cwd,
    env: {},
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  const kill = () => {
    if (pid !== undefined) killGroup(pid);
  };
  const release = pid === undefined ? () => undefined : guardGroup(pid);
  run.signal.addEventListener('abort', kill, { once: true });
  child.stdout.on('data', run.onStdout);
  createInterface({ input: child.stderr, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) =>
    run.onLogLine(line.slice(0, MAX_LOG_LINE)),
  );
  try {
    const { code, signal } = await exitOf(child);
    run.signal.throwIfAborted();
    if (signal === 'SIGXCPU') throw new ExtractionError('PROCESSING_TIMEOUT', 'FFmpeg used up its CPU time');
    if (code === null) throw new ExtractionError('ENGINE_CRASHED', `FFmpeg was killed by ${signal}`);
    return code;
  } finally {
    run.signal.removeEventListener('abort', kill);
    release();
  }
};

/** Resolves when the child has ended and its pipes are closed. */
const exitOf = (child: ChildProcess) =>
  new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new ExtractionError('ENGINE_CRASHED', 'FFmpeg could not be started', { cause })),
    );
    child.once('close', (code, signal) => resolve({ code, signal }));
  });

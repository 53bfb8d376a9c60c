import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { guardGroup, killGroup } from '../child-groups.ts';
import { ExtractionError } from '../errors.ts';

/** One run of the binary. */
export interface FfmpegRun {
  binary: string;
  args: readonly string[];
  /** The private directory; the only file named in `args` is relative to it. */
  cwd: string;
  /** Kills the whole process group at once. */
  signal: AbortSignal;
  onStdout(chunk: Buffer): void;
  /** Each line of its log, in order; lines beyond a length limit are cut. */
  onLogLine(line: string): void;
}

const MAX_LOG_LINE = 4096;

/**
 * Runs FFmpeg without a shell, without environment (hence without credentials) and in a process group of its own.
 * FFmpeg was seen to ignore SIGTERM, so the group gets SIGKILL.
 *
 * @returns its exit code. What the code means depends on what came out: 0 does not mean frames.
 * @throws ExtractionError ENGINE_CRASHED when it could not be started or died of a signal that was not ours,
 *   PROCESSING_TIMEOUT when it used up its CPU time; the signal's reason when that was aborted.
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
    if (code === null) throw new ExtractionError('ENGINE_CRASHED', `FFmpeg died of ${signal}`);
    return code;
  } finally {
    run.signal.removeEventListener('abort', kill);
    release();
  }
};

/** Resolves when the child has ended and its pipes are read to the end. */
const exitOf = (child: ChildProcess) =>
  new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new ExtractionError('ENGINE_CRASHED', 'FFmpeg could not be started', { cause })),
    );
    child.once('close', (code, signal) => resolve({ code, signal }));
  });

import { type ChildProcess, spawn } from 'node:child_process';
import { Duplex } from 'node:stream';

/** The program itself needs little memory, because libav holds the pictures. It calls the collector (`--expose-gc`). */
const NODE_ARGUMENTS = ['--max-old-space-size=128', '--max-semi-space-size=1', '--expose-gc'];

/**
 * By default, glibc keeps freed blocks of a picture's size. With these values, it returns them to the system at once.
 */
const MEMORY_ENVIRONMENT = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: String(128 * 1024) };

/**
 * The child's whole environment, without credentials. Lambda's Node finds its OpenSSL through `LD_LIBRARY_PATH`
 * (/var/lang/lib). Without this variable, the child may not start.
 */
export const childEnvironment = (
  libavPath: string | undefined,
  { LD_LIBRARY_PATH }: NodeJS.ProcessEnv,
): Record<string, string> => ({
  ...MEMORY_ENVIRONMENT,
  ...(libavPath !== undefined && { NODE_PATH: libavPath }),
  ...(LD_LIBRARY_PATH !== undefined && { LD_LIBRARY_PATH }),
});

/**
 * Starts the program in its own process group, without files and credentials. `pipeOf` returns its two pipes. Listen to
 * the child's `error` event before you call `pipeOf`.
 */
export const startChild = (program: string, libavPath: string | undefined): ChildProcess =>
  spawn(process.execPath, [...NODE_ARGUMENTS, program], {
    env: childEnvironment(libavPath, process.env),
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  });

/** The engine's end of a pipe, by its file descriptor in the child. */
export const pipeOf = (child: ChildProcess, descriptor: number): Duplex => {
  const pipe = child.stdio[descriptor];
  if (pipe instanceof Duplex) return pipe;
  throw new Error(`No pipe at ${descriptor}`);
};

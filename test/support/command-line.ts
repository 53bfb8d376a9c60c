import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect } from 'vitest';
import { REPOSITORY_ROOT } from '../../lib/paths.ts';

/** The program, as `npx frame-flow` starts it. */
export const COMMAND_LINE = join(REPOSITORY_ROOT, 'cli/frame-flow.js');

export interface CommandLineOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** What it reads on stdin. */
  input?: string;
  /** The program that runs it, with its first arguments. @default this Node, `cli/frame-flow.js` */
  command?: readonly string[];
  /** Is given the process as soon as it runs. */
  onStart?: (child: ChildProcess) => void;
}

export interface CommandLineResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `frame-flow` with these arguments as a process of its own; the caller's own settings do not reach it. */
export const frameFlow = async (
  args: readonly string[],
  { cwd, env, input = '', command = [process.execPath, COMMAND_LINE], onStart }: CommandLineOptions = {},
): Promise<CommandLineResult> => {
  const [program = process.execPath, ...first] = command;
  const child = spawn(program, [...first, ...args], {
    ...(cwd !== undefined && { cwd }),
    env: { PATH: process.env.PATH, HOME: await temporaryFolder(), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onStart?.(child);
  // A command that ends before it has read its input is as good as one that reads it.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, stdout, stderr };
};

const folders: string[] = [];
// Of the test file that imports this module.
afterAll(async () => {
  await Promise.all(folders.map((path) => rm(path, { recursive: true, force: true })));
});

/** A folder of its own, below the system's temporary one, until the test file has ended. */
export const temporaryFolder = async (): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), 'frame-flow-cli-'));
  folders.push(path);
  return path;
};

/** A command failed as it should: with this code, and one line that says why and what to do; no stack. */
export const expectFailure = (
  { code, stdout, stderr }: CommandLineResult,
  exitCode: number,
  sentence: RegExp,
): void => {
  expect({ code, stdout, stderr }).toEqual({
    code: exitCode,
    stdout: '',
    stderr: expect.stringMatching(/^frame-flow: [^\n]+\n$/),
  });
  expect(stderr).toMatch(sentence);
  expect(stderr).not.toMatch(/^\s+at |Error:/m);
};

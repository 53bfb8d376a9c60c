import { appendFile } from 'node:fs/promises';
import {
  lastLines,
  type ProgramOptions,
  type ProgramResult,
  runToEnd,
} from '../../local/processes/run-to-end.ts';
import { EmulatorError } from './errors.ts';

const LINES_OF_AN_ERROR = 40;

export interface LoggedProgramOptions extends ProgramOptions {
  /** The file to which the command and its output are appended. */
  readonly logFile?: string;
}

/**
 * Runs a program to its end in a separate process group, with any exit code.
 * @throws EmulatorError if it cannot be started
 */
export const tryProgram = async (
  command: string,
  args: readonly string[],
  { logFile, ...options }: LoggedProgramOptions = {},
): Promise<ProgramResult> => {
  const result = await runToEnd(command, args, options).catch((cause: unknown) => {
    throw new EmulatorError(`${command} cannot be started`, { cause });
  });
  if (logFile !== undefined) {
    await appendFile(logFile, `$ ${[command, ...args].join(' ')}\n${result.output}\n`, { mode: 0o600 });
  }
  return result;
};

/**
 * Runs a program that must succeed.
 * @returns its output
 * @throws EmulatorError with the last lines of its output if it fails
 */
export const runProgram = async (
  command: string,
  args: readonly string[],
  options: LoggedProgramOptions = {},
): Promise<string> => {
  const { code, output } = await tryProgram(command, args, options);
  if (code === 0) return output;
  throw new EmulatorError(
    `${command} ${args.join(' ')} ended with ${code}:\n${lastLines(output, LINES_OF_AN_ERROR)}`,
  );
};

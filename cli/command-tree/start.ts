import type { CommandContext } from '../context.ts';
import type { Outcome } from '../exit-codes.ts';

/** Does a command. Its module is loaded when the command is used: no command waits for the parts of another one. */
export type Action<Arguments extends unknown[]> = (
  context: CommandContext,
  ...args: Arguments
) => Promise<Outcome>;

/** Runs an action with the context of the command line that was given. */
export type Start = <Arguments extends unknown[]>(
  action: Action<Arguments>,
) => (...args: Arguments) => Promise<void>;

/** Examples below a command's help. @param lines each a command, and what it does */
export const examples = (...lines: readonly (readonly [command: string, meaning: string])[]): string =>
  `\nExamples:\n${lines.map(([command, meaning]) => `  $ ${command}\n      ${meaning}\n`).join('')}`;

import type { Command } from 'commander';
import { bashCompletion } from '../completion/bash.ts';
import { describeTree } from '../completion/describe-tree.ts';
import { fishCompletion } from '../completion/fish.ts';
import type { Shell } from '../completion/shells.ts';
import { zshCompletion } from '../completion/zsh.ts';
import type { CommandContext } from '../context.ts';
import type { Outcome } from '../exit-codes.ts';

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** `frame-flow completion`: the script for a shell, made from the tree of commands. */
export const completion = async (
  { terminal }: CommandContext,
  program: Command,
  shell: Shell,
): Promise<Outcome> => {
  terminal.lines(SCRIPTS[shell](describeTree(program)).trimEnd().split('\n'));
  return 'done';
};

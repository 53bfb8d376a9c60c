import { Argument, type Command } from 'commander';
import { SHELLS, type Shell } from '../completion/shells.ts';
import { examples, type Start } from './start.ts';

/** The script that completes commands and options in a shell. */
export const addCompletionCommand = (program: Command, start: Start): void => {
  program
    .command('completion')
    .summary('print a script that completes commands in your shell')
    .description('Prints a script for your shell, which completes commands, options and file names.')
    .addArgument(new Argument('<shell>', 'your shell').choices(SHELLS))
    .addHelpText(
      'after',
      examples(
        ['source <(frame-flow completion bash)', 'in ~/.bashrc'],
        ['source <(frame-flow completion zsh)', 'in ~/.zshrc, after compinit'],
        ['frame-flow completion fish > ~/.config/fish/completions/frame-flow.fish', 'once'],
      ),
    )
    .action(
      start<[Shell]>(async (context, shell) =>
        (await import('../commands/completion.ts')).completion(context, program, shell),
      ),
    );
};

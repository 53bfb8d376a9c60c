import type { Command, Option } from 'commander';

/** A command as completion needs it. */
export interface CompletedCommand {
  name: string;
  summary: string;
  options: CompletedOption[];
  /** The words that its first argument may be; undefined where it is something else. */
  choices: readonly string[] | undefined;
  /** Whether its arguments are files. */
  takesFiles: boolean;
}

export interface CompletedOption {
  /** `--output`, and `-o` where there is one. */
  flags: string[];
  description: string;
  /** Whether a value follows. */
  hasValue: boolean;
}

/** The commands of the tree with their options, those of all commands included. */
export const describeTree = (program: Command): CompletedCommand[] => {
  const common = program.options.map(describeOption);
  const help = { flags: ['--help', '-h'], description: 'show help', hasValue: false };
  return program.commands.map((command) => {
    const [argument] = command.registeredArguments;
    return {
      name: command.name(),
      summary: command.summary(),
      options: [...command.options.map(describeOption), ...common, help],
      choices: argument?.argChoices,
      takesFiles: argument?.name() === 'file',
    };
  });
};

const describeOption = (option: Option): CompletedOption => ({
  flags: [option.long, option.short].filter((flag) => typeof flag === 'string'),
  description: option.description,
  hasValue: option.required || option.optional,
});

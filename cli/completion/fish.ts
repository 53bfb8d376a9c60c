import type { CompletedCommand } from './describe-tree.ts';

/** Completion for fish, with a description for each command and option. */
export const fishCompletion = (commands: readonly CompletedCommand[]): string =>
  [
    '# fish completion of frame-flow',
    'complete -c frame-flow -f',
    ...commands.flatMap(({ name, summary, options, choices, takesFiles }) => [
      `complete -c frame-flow -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`,
      ...(takesFiles ? [`complete -c frame-flow -n ${quote(seen(name))} -F`] : []),
      ...(choices ? [`complete -c frame-flow -n ${quote(seen(name))} -a ${quote(choices.join(' '))}`] : []),
      ...options.map(
        ({ flags, description, hasValue }) =>
          `complete -c frame-flow -n ${quote(seen(name))} ${flags.map(flagOf).join(' ')} ` +
          `${hasValue ? '-r -F ' : ''}-d ${quote(description)}`,
      ),
    ]),
    '',
  ].join('\n');

const seen = (name: string): string => `__fish_seen_subcommand_from ${name}`;

const flagOf = (flag: string): string =>
  flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`;

const quote = (text: string): string =>
  `'${text.replaceAll('\\', String.raw`\\`).replaceAll("'", String.raw`\'`)}'`;

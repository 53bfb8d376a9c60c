import type { CompletedCommand } from './describe-tree.ts';

/** Completion for bash: names of files wherever neither a command nor an option is written. */
export const bashCompletion = (
  commands: readonly CompletedCommand[],
): string => `# bash completion of frame-flow
_frame_flow() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command= index words=
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    case \${COMP_WORDS[index]} in
      ${commands.map(({ name }) => name).join(' | ')}) command=\${COMP_WORDS[index]}; break ;;
    esac
  done
  case $previous in
    ${valueFlags(commands).join(' | ')}) _frame_flow_files; return ;;
  esac
  case $command in
    '') words='${[...commands.map(({ name }) => name), 'help', ...rootFlags(commands)].join(' ')}' ;;
${commands.map(caseOf).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
# Names may have blanks in them. (The bash of macOS has no mapfile.)
_frame_flow_files() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -f -- "$word"))
}
complete -o filenames -F _frame_flow frame-flow
`;

const caseOf = ({ name, options, choices = [], takesFiles }: CompletedCommand): string => {
  const words = [...choices, ...options.flatMap(({ flags }) => flags)].join(' ');
  const files = takesFiles ? ` [[ $word == -* ]] || { _frame_flow_files; return; };` : '';
  return `    ${name})${files} words='${words}' ;;`;
};

const valueFlags = (commands: readonly CompletedCommand[]): string[] => [
  ...new Set(
    commands.flatMap(({ options }) => options.flatMap(({ flags, hasValue }) => (hasValue ? flags : []))),
  ),
];

/** Options that each command has may stand before it. */
const rootFlags = ([first, ...others]: readonly CompletedCommand[]): string[] =>
  (first?.options ?? [])
    .flatMap(({ flags }) => flags)
    .filter((flag) => others.every(({ options }) => options.some(({ flags }) => flags.includes(flag))));

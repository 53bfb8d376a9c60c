import type { CompletedCommand, CompletedOption } from './describe-tree.ts';

/** Completion for zsh, with a description for each command and option. */
export const zshCompletion = (commands: readonly CompletedCommand[]): string => `#compdef frame-flow
# zsh completion of frame-flow
_frame_flow() {
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case $words[2] in
${commands.map(caseOf).join('\n')}
  esac
}
compdef _frame_flow frame-flow
`;

const caseOf = ({ name, options, choices, takesFiles }: CompletedCommand): string => {
  const argument = choices ? `'1:choice:(${choices.join(' ')})'` : takesFiles ? `'*:file:_files'` : '';
  const specs = [...options.map(specOf), argument].filter((spec) => spec !== '');
  return `    ${name}) shift words; (( CURRENT-- )); _arguments -S \\\n      ${specs.join(' \\\n      ')} ;;`;
};

/** \`'(-o --output)'{-o,--output}'[description]:value:_files'\` */
const specOf = ({ flags, description, hasValue }: CompletedOption): string => {
  const text = `[${description.replaceAll(/[[\]:]/g, String.raw`\$&`)}]${hasValue ? ':value:_files' : ''}`;
  const [only, ...others] = flags;
  if (others.length === 0) return quote(`${only}${text}`);
  return `${quote(`(${flags.join(' ')})`)}{${flags.join(',')}}${quote(text)}`;
};

const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

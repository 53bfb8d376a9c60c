import type { Argument, Command, Help } from 'commander';
import { EXIT_CODES } from '../../cli/exit-codes.ts';
import { createProgram } from '../../cli/program.ts';

/** The tree of commands, whose actions do nothing. */
export const commandTree = (): Command => createProgram('0.0.0', () => async () => undefined);

/** docs/cli.md, made from the tree of commands. */
export const cliPage = (): string => {
  const program = commandTree();
  const help = program.createHelp();
  return [
    '# The command line',
    '',
    '<!-- Made by test/unit/cli/cli-page.test.ts from the tree of commands: do not edit. -->',
    '',
    program.description(),
    '',
    '`npx frame-flow …` runs it in this repository after `npm ci`, with Node 20 or newer. `npm run pack:cli` makes a package',
    'that runs alone. `extract` needs no service; the other commands talk to the service that `--api` or `FRAME_FLOW_API`',
    'names, or else to the one that `npm start` runs.',
    '',
    ...['## Commands', '', '| command | does |', '|---|---|'],
    ...program.commands.map(
      (command) => `| [\`${command.name()}\`](#${command.name()}) | ${command.summary()} |`,
    ),
    '',
    ...program.commands.flatMap((command) => sectionOf(command, help)),
    ...['## Options of all commands', '', ...optionTable(program, help), ''],
    ...OUTPUT,
    ...['## Exit codes', '', '| code | means |', '|---|---|'],
    ...Object.values(EXIT_CODES).map(({ code, meaning }) => `| ${code} | ${meaning} |`),
    '',
    'Where a command works on several files or ids, its code is that of all that failed, or 1 where they failed differently.',
    '',
    ...ENVIRONMENT,
  ].join('\n');
};

const sectionOf = (command: Command, help: Help): string[] => [
  `### ${command.name()}`,
  '',
  `\`${help.commandUsage(command)}\``,
  '',
  command.description(),
  '',
  ...argumentList(command.registeredArguments),
  ...optionTable(command, help),
  '',
];

const argumentList = (all: readonly Argument[]): string[] => {
  const lines = all.map((argument) => {
    const choices = argument.argChoices ? ` (${argument.argChoices.join(', ')})` : '';
    return `- \`${argument.name()}\`: ${argument.description}${choices}`;
  });
  return lines.length === 0 ? [] : [...lines, ''];
};

const optionTable = (command: Command, help: Help): string[] => [
  '| option | means |',
  '|---|---|',
  ...help
    .visibleOptions(command)
    .map((option) => `| \`${option.flags}\` | ${help.optionDescription(option)} |`),
];

const OUTPUT = [
  '## Output',
  '',
  'Results go to stdout, everything else to stderr. People get a path or an id, or a line for each thing; `--json` gives one',
  'JSON object a line:',
  '',
  '| command | object |',
  '|---|---|',
  '| `extract` | `file`, `output`, `frames`, `substituted`, `sizeBytes`, `seconds`, `engine`, `bytesRead`, `sourceBytes`, `sourceSeconds` |',
  '| `cut` | `file`, `id`, `status`, `output`, `frames`, `sizeBytes`; with `--no-wait` the first three |',
  '| `download`, `frames` | `id`, `output`, `frames`, `sizeBytes` |',
  '| `list`, `status` | the video, as `GET /videos/{id}` answers it ([api.md](api.md)) |',
  '| `events` | an entry of `GET /videos/{id}/events` |',
  '| `whoami` | `apiUrl` and the profile, as `GET /auth/me` answers it |',
  '| `register`, `login` | `apiUrl`, `email` |',
  '| `logout` | `apiUrl` |',
  '| `delete` | `id`, `deleted` |',
  '| `open` | `url` |',
  '',
  'An error is one line on stderr: what happened, and what to do next. With `--json` it is an object: `subject` (the file or id,',
  'where there are several) and `error` with `code`, `message`, `nextStep` and, where the service gave one, `correlationId`.',
  'Codes are those of the API and of the engine, codes of the operating system (`ENOSPC`), or one of these: `USAGE`,',
  '`INTERRUPTED`, `EXISTS`, `NOT_A_FILE`, `EMPTY_FILE`, `NO_RANGES`, `HTTP_STATUS`, `INSECURE_REDIRECT`, `DOWNLOAD_DAMAGED`.',
  '',
  'Bars are drawn where stderr is a terminal, unless `--quiet` is given. Control characters of file names and of the service are shown as `\\u001b`, never obeyed.',
  '',
  'A ZIP or folder appears under its name when it is complete: nothing half-written is left by Ctrl-C, a full disk or a failure.',
  '',
] as const;

const ENVIRONMENT = [
  '## Environment and files',
  '',
  '| variable | means |',
  '|---|---|',
  '| `FRAME_FLOW_API` | address of the service; `--api` goes before it |',
  '| `FRAME_FLOW_TOKEN` | an access token, used in place of the session of `login` |',
  '| `NO_COLOR` | no colours |',
  '',
  'Sessions and cuts under way are kept in `$XDG_CONFIG_HOME/frame-flow` (else `~/.config/frame-flow`), on macOS in',
  '`~/Library/Application Support/frame-flow`, on Windows in `%APPDATA%\\frame-flow`: a file for each service, which only its',
  'user can read.',
  '',
] as const;

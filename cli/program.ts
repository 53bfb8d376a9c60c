import { Command, InvalidArgumentError, Option } from 'commander';
import { addAccountCommands } from './command-tree/account.ts';
import { addCompletionCommand } from './command-tree/completion.ts';
import { addExtractionCommands } from './command-tree/extraction.ts';
import type { Start } from './command-tree/start.ts';
import { addVideoCommands } from './command-tree/videos.ts';
import { parseDuration } from './durations.ts';
import { EXIT_CODES } from './exit-codes.ts';

/** The tree of commands and options. Help, completion and docs/cli.md derive from it. */
export const createProgram = (version: string, start: Start): Command => {
  const program = new Command('frame-flow')
    .description('Turns videos into frames: on this machine, or with the Frame Flow service.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError()
    .option('--api <url>', 'the service (FRAME_FLOW_API; without both: http://localhost:3000)')
    .addOption(
      new Option(
        '--timeout <duration>',
        'how long the service may take to answer once (default: 35s)',
      ).argParser(parseTimeout),
    )
    .option('--json', 'print results and errors as JSON, one object per line')
    .option('-q, --quiet', 'print nothing but results and errors')
    .option('--no-color', 'print without colours (the variable NO_COLOR does the same)')
    .addHelpText('after', exitCodeText());
  addExtractionCommands(program, start);
  addAccountCommands(program, start);
  addVideoCommands(program, start);
  addCompletionCommand(program, start);
  return program;
};

const parseTimeout = (text: string): number => {
  const seconds = parseDuration(text);
  if (seconds === undefined || seconds === 0) throw new InvalidArgumentError('Write a duration like 10s.');
  return seconds;
};

const exitCodeText = (): string => {
  const lines = Object.values(EXIT_CODES).map(({ code, meaning }) => `  ${String(code).padEnd(5)}${meaning}`);
  return `\nExit codes:\n${lines.join('\n')}\n`;
};

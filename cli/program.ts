import { Command, InvalidArgumentError, Option } from 'commander';
import type { ExtractOptions } from './commands/extract.ts';
import type { CommandContext } from './context.ts';
import { parseDuration } from './durations.ts';
import type { Outcome } from './exit-codes.ts';

/** Does a command. Its module is loaded when the command is used: none waits for another one's. */
export type Action<Arguments extends unknown[]> = (
  context: CommandContext,
  ...args: Arguments
) => Promise<Outcome>;

/** Runs an action with the context of the command line that was given. */
export type Start = <Arguments extends unknown[]>(
  action: Action<Arguments>,
) => (...args: Arguments) => Promise<void>;

/** Seconds between two frames, unless the user says otherwise: the service's default. */
const DEFAULT_EVERY_SECONDS = 10;
const MIN_EVERY_SECONDS = 0.1;

/** The tree of commands and options. Help, completion and docs/cli.md derive from it. */
export const createProgram = (version: string, start: Start): Command => {
  const program = new Command('frame-flow')
    .description('Turns videos into frames: on this machine, or with the Frame Flow service.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError()
    .option('--json', 'print results as JSON, one object per line')
    .option('-q, --quiet', 'print nothing but results and errors')
    .option('--no-color', 'print without colours (the variable NO_COLOR does the same)');
  addExtract(program, start);
  return program;
};

const addExtract = (program: Command, start: Start): void => {
  const command = program
    .command('extract')
    .summary('extract frames on this machine, without a service')
    .description(
      'Writes the first frame at or after 0 s, 10 s, 20 s, … of each video into a ZIP or a folder, with a manifest. ' +
        'Runs on this machine alone: nothing is uploaded. Of an https:// address only the needed parts are read.',
    )
    .argument('<file...>', 'video files (MP4, MOV, MKV, AVI) or https:// addresses');
  addOutputOptions(command, parseEvery)
    .addHelpText(
      'after',
      examples([
        ['frame-flow extract holiday.mp4', 'writes holiday-frames.zip'],
        [
          'frame-flow extract holiday.mp4 --every 2.5 -o frames',
          'a frame every 2.5 s, into the folder frames',
        ],
        ['frame-flow extract *.mov -o frames --json', 'a folder for each, results as JSON lines'],
        ['frame-flow extract https://example.com/talk.mp4 -o talk.zip', 'reads only the needed parts'],
      ]),
    )
    .action(
      start<[string[], ExtractOptions]>(async (...args) =>
        (await import('./commands/extract.ts')).extract(...args),
      ),
    );
};

const addOutputOptions = (command: Command, parse: (text: string) => number): Command =>
  command
    .addOption(
      new Option('--every <duration>', 'time between two frames: 10s, 500ms, 1m30s, or seconds')
        .argParser(parse)
        .default(DEFAULT_EVERY_SECONDS, '10s'),
    )
    .addOption(
      new Option('-o, --output <path>', 'a file that ends in .zip, or a folder (one folder per video)'),
    )
    .option('-f, --force', 'replace what is there');

const parseEvery = (text: string): number => {
  const seconds = parseDuration(text);
  if (seconds === undefined) throw new InvalidArgumentError('Write a duration like 10s, 500ms or 1m30s.');
  if (seconds < MIN_EVERY_SECONDS) throw new InvalidArgumentError(`The shortest is ${MIN_EVERY_SECONDS} s.`);
  return seconds;
};

/** @param lines each a command, and what it does. */
const examples = (lines: readonly (readonly [command: string, meaning: string])[]): string =>
  `\nExamples:\n${lines.map(([command, meaning]) => `  $ ${command}\n      ${meaning}\n`).join('')}`;

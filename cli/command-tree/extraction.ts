import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CutOptions } from '../commands/cut.ts';
import type { ExtractOptions } from '../commands/extract.ts';
import { parseDuration } from '../durations.ts';
import { examples, type Start } from './start.ts';

/** Seconds between two frames, unless the user says otherwise: the service's default. */
const DEFAULT_EVERY_SECONDS = 10;
const MIN_EVERY_SECONDS = 0.1;

/** What makes frames of files: on this machine, and by the service. */
export const addExtractionCommands = (program: Command, start: Start): void => {
  addOutputOptions(program.command('extract'))
    .summary('extract frames on this machine, without a service')
    .description(
      'Writes the first frame at or after 0 s, 10 s, 20 s, … of each video into a ZIP or a folder, with a manifest. ' +
        'Runs on this machine alone: nothing is uploaded. Of an https:// address only the needed parts are read.',
    )
    .argument('<file...>', 'video files (MP4, MOV, MKV, AVI) or https:// addresses')
    .addHelpText(
      'after',
      examples(
        ['frame-flow extract holiday.mp4', 'writes holiday-frames.zip'],
        [
          'frame-flow extract holiday.mp4 --every 2.5 -o frames',
          'a frame every 2.5 s, into the folder frames',
        ],
        ['frame-flow extract *.mov -o frames --json', 'a folder for each video, results as JSON'],
        ['frame-flow extract https://example.com/talk.mp4 -o talk.zip', 'reads only the needed parts'],
      ),
    )
    .action(
      start<[string[], ExtractOptions]>(async (...args) =>
        (await import('../commands/extract.ts')).extract(...args),
      ),
    );
  addOutputOptions(program.command('cut'))
    .summary('upload videos, wait for their frames and fetch them')
    .description(
      'Uploads each video, two at a time, waits until the service has extracted its frames, downloads them and checks ' +
        'each one against the manifest. A command that was killed can be repeated: what was uploaded is not uploaded again.',
    )
    .argument('<file...>', 'video files (MP4, MOV, MKV, AVI), up to 100 MiB each')
    .option('--no-wait', 'end after the upload and print the id of the video')
    .addHelpText(
      'after',
      examples(
        ['frame-flow cut holiday.mp4', 'writes holiday-frames.zip'],
        ['frame-flow cut *.mov --every 1m -o frames', 'a frame every minute, a folder for each video'],
        ['ID=$(frame-flow cut holiday.mp4 --no-wait)', 'for `frame-flow status $ID --watch`'],
      ),
    )
    .action(
      start<[string[], CutOptions]>(async (...args) => (await import('../commands/cut.ts')).cut(...args)),
    );
};

const addOutputOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--every <duration>', 'time between two frames: 10s, 500ms, 1m30s, or seconds')
        .argParser(parseEvery)
        .default(DEFAULT_EVERY_SECONDS, '10s'),
    )
    .option('-o, --output <path>', 'a file that ends in .zip, or a folder (one folder per video)')
    .option('-f, --force', 'replace what is there');

const parseEvery = (text: string): number => {
  const seconds = parseDuration(text);
  if (seconds === undefined) throw new InvalidArgumentError('Write a duration like 10s, 500ms or 1m30s.');
  if (seconds < MIN_EVERY_SECONDS) throw new InvalidArgumentError(`The shortest is ${MIN_EVERY_SECONDS} s.`);
  return seconds;
};

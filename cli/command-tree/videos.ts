import { type Command, InvalidArgumentError, Option } from 'commander';
import type { DownloadOptions } from '../commands/download.ts';
import type { ListOptions } from '../commands/list.ts';
import type { StatusOptions } from '../commands/status.ts';
import { examples, type Start } from './start.ts';

const ID = ['<id>', 'the id of the video, as `frame-flow list` prints it'] as const;
const EXAMPLE_ID = '0b0c1a9e-6f0c-4d7b-9d53-0d2f6f1f5a11';
const DEFAULT_LIMIT = 100;

/** The videos that the service keeps. */
export const addVideoCommands = (program: Command, start: Start): void => {
  program
    .command('list')
    .summary('list your videos, the newest first')
    .description(
      'Prints a line for each video: id, time, size, state and name. With --json, an object for each.',
    )
    .addOption(
      new Option('--limit <number>', 'list no more than these').argParser(parseLimit).default(DEFAULT_LIMIT),
    )
    .addHelpText(
      'after',
      examples(
        ['frame-flow list', 'the newest 100'],
        ['frame-flow list --json | jq -r \'select(.status == "FAILED").id\'', 'the ids of those that failed'],
      ),
    )
    .action(start<[ListOptions]>(async (...args) => (await import('../commands/list.ts')).list(...args)));
  program
    .command('status')
    .summary('print what a video does')
    .description('Prints the state of a video. With --watch a line for each change, until the video is done.')
    .argument(...ID)
    .option('-w, --watch', 'wait until the video is done; the exit code is 1 where it has no frames then')
    .addHelpText('after', examples([`frame-flow status ${EXAMPLE_ID} --watch`, 'a line for each change']))
    .action(
      start<[string, StatusOptions]>(async (...args) =>
        (await import('../commands/status.ts')).status(...args),
      ),
    );
  program
    .command('frames')
    .summary('fetch the frames of a video into a folder')
    .description(
      'Writes the frames of a video and its manifest into a folder, each checked against the manifest.',
    )
    .argument(...ID)
    .option('-o, --output <folder>', 'the folder; else it is named after the video')
    .option('-f, --force', 'replace the frames that are there')
    .addHelpText('after', examples([`frame-flow frames ${EXAMPLE_ID} -o frames`, 'into the folder frames']))
    .action(
      start<[string, DownloadOptions]>(async (...args) =>
        (await import('../commands/download.ts')).frames(...args),
      ),
    );
  program
    .command('download')
    .summary('fetch the frames of a video as a ZIP')
    .description('Downloads the ZIP of a video and checks each frame in it against the manifest.')
    .argument(...ID)
    .option('-o, --output <file>', 'the ZIP; else it is named after the video')
    .option('-f, --force', 'replace the file that is there')
    .addHelpText('after', examples([`frame-flow download ${EXAMPLE_ID} -o frames.zip`, 'writes frames.zip']))
    .action(
      start<[string, DownloadOptions]>(async (...args) =>
        (await import('../commands/download.ts')).download(...args),
      ),
    );
  program
    .command('events')
    .summary('print what happened to a video')
    .description('Prints the steps of a video, the oldest first: when each one happened, and what failed.')
    .argument(...ID)
    .addHelpText('after', examples([`frame-flow events ${EXAMPLE_ID} --json`, 'an object for each step']))
    .action(
      start<[string]>(async (context, id) => (await import('../commands/events.ts')).events(context, id)),
    );
  program
    .command('delete')
    .summary('delete videos')
    .description('Deletes videos with their frames. What is under way is stopped. Prints the id of each one.')
    .argument('<id...>', 'the ids of the videos')
    .addHelpText(
      'after',
      examples(["frame-flow delete $(frame-flow list --json | jq -r '.id')", 'all that `list` prints']),
    )
    .action(
      start<[string[]]>(async (context, ids) =>
        (await import('../commands/delete.ts')).deleteVideos(context, ids),
      ),
    );
  program
    .command('open')
    .summary('open the page of the service in the browser')
    .description(
      'Prints the address of the page, or of the documentation where there is no page, and opens it.',
    )
    .addHelpText('after', examples(['frame-flow open', 'the dev stack']))
    .action(start<[]>(async (context) => (await import('../commands/open.ts')).open(context)));
};

const parseLimit = (text: string): number => {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1)
    throw new InvalidArgumentError('Write a whole number from 1 on.');
  return limit;
};

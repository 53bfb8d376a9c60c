import { parseArgs } from 'node:util';
import * as z from 'zod';

export const USAGE = `Usage: npm run load [-- OPTION …]

Uploads many videos at once while things are killed and frozen, then looks whether every promise was kept.

  --uploads N            videos in all (200)
  --users M              users at once; each waits for its video before it uploads the next one (20)
  --seed S               chooses clips, duplicates and faults (1)
  --no-kills             nothing is killed or frozen; measures the overhead under load
  --no-sweepers          the negative control: nothing repeats what was not heard, so videos must be lost
  --relays 2             two relays at once
  --relay-gap SECONDS    nothing but the relay's absence: none for so long
  --hang                 50 videos wait while the extraction of another one hangs
  --throughput N         videos for measuring videos per minute, with 1 and with 2 functions (16; 0 leaves it out)
  --json FILE            writes the figures
  --keep                 keeps the state directory with its logs`;

const Count = z.coerce.number().int().positive();

const Options = z.object({
  uploads: Count.default(200),
  users: Count.default(20),
  seed: z.coerce.number().int().nonnegative().default(1),
  'no-kills': z.boolean().default(false),
  'no-sweepers': z.boolean().default(false),
  relays: z.coerce.number().int().min(1).max(2).default(1),
  'relay-gap': z.coerce.number().nonnegative().default(0),
  hang: z.boolean().default(false),
  throughput: z.coerce.number().int().nonnegative().default(16),
  json: z.string().optional(),
  keep: z.boolean().default(false),
  help: z.boolean().default(false),
});

/** What a run is to do. */
export interface LoadOptions {
  readonly uploads: number;
  readonly users: number;
  readonly seed: number;
  readonly kills: boolean;
  readonly sweepers: boolean;
  readonly relays: number;
  readonly relayGapSeconds: number;
  readonly hang: boolean;
  readonly throughputUploads: number;
  readonly json: string | undefined;
  readonly keep: boolean;
  readonly help: boolean;
}

/** @throws TypeError or ZodError where the command line is not understood. */
export const readOptions = (args: readonly string[]): LoadOptions => {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      uploads: text,
      users: text,
      seed: text,
      'no-kills': flag,
      'no-sweepers': flag,
      relays: text,
      'relay-gap': text,
      hang: flag,
      throughput: text,
      json: text,
      keep: flag,
      help: flag,
    },
  });
  const options = Options.parse(values);
  return {
    uploads: options.uploads,
    users: options.users,
    seed: options.seed,
    // A relay that is away is the one fault of its run.
    kills: !options['no-kills'] && options['relay-gap'] === 0,
    sweepers: !options['no-sweepers'],
    relays: options.relays,
    relayGapSeconds: options['relay-gap'],
    hang: options.hang,
    throughputUploads: options.throughput,
    json: options.json,
    keep: options.keep,
    help: options.help,
  };
};

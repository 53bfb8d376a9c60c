import { parseArgs } from 'node:util';
import * as z from 'zod';
import { BACKLOG_DEADLINE_SECONDS } from './timing.ts';

export const USAGE = `Usage: npm run load [-- OPTION …]

Uploads many videos at once while processes are killed and frozen, then checks that every promise was kept. The users
refresh their sessions, delete some of their videos at any moment, and use some forms again with the same bytes. The
processes that extract the largest videos are killed while they send the ZIP, so that multipart uploads remain.

  --uploads N            total number of videos (200)
  --users M              concurrent users; each waits for its video before it uploads the next one (20)
  --seed S               chooses clips, deletions, repetitions, duplicates and faults (1)
  --duplicates           repeats events, messages and S3 events; they can replace lost ones, so recovery is
                         measured without them
  --no-kills             kills and freezes nothing
  --no-sweepers          the negative control: nothing repeats unacknowledged events, so videos must be lost
  --relays 2             runs two relays
  --relay-gap SECONDS    the only fault: no relay for this time
  --hang                 uploads 50 videos while the extraction of another one hangs
  --throughput N         videos for measuring videos per minute, with 1 and with 2 functions (16; 0: no measurement)
  --soak MINUTES         steady uploads for this time, without kills; watches memory and children of every process
  --rate N               uploads per minute of a soak (30)
  --idle SECONDS         pause of a soak after every two minutes of uploads; with more than 60, functions stay
                         frozen for longer than a connection may be idle (0)
  --backlog N            N uploads at once, with deadlines that are far shorter than the queue, without kills
  --deadline SECONDS     the deadlines of the backlog run (${BACKLOG_DEADLINE_SECONDS})
  --json FILE            writes the figures
  --keep                 keeps the state directory with its logs`;

const Count = z.coerce.number().int().positive();
const CountOrNone = z.coerce.number().int().nonnegative();

const Options = z.object({
  uploads: Count.default(200),
  users: Count.default(20),
  seed: CountOrNone.default(1),
  duplicates: z.boolean().default(false),
  'no-kills': z.boolean().default(false),
  'no-sweepers': z.boolean().default(false),
  relays: z.coerce.number().int().min(1).max(2).default(1),
  'relay-gap': z.coerce.number().nonnegative().default(0),
  hang: z.boolean().default(false),
  throughput: CountOrNone.default(16),
  soak: z.coerce.number().nonnegative().default(0),
  rate: Count.default(30),
  idle: CountOrNone.default(0),
  backlog: CountOrNone.default(0),
  deadline: Count.default(BACKLOG_DEADLINE_SECONDS),
  json: z.string().optional(),
  keep: z.boolean().default(false),
  help: z.boolean().default(false),
});

/** The options of a run. */
export interface LoadOptions {
  readonly uploads: number;
  readonly users: number;
  readonly seed: number;
  readonly duplicates: boolean;
  readonly kills: boolean;
  readonly sweepers: boolean;
  readonly relays: number;
  readonly relayGapSeconds: number;
  readonly hang: boolean;
  readonly throughputUploads: number;
  /** 0: no soak. */
  readonly soakMinutes: number;
  readonly ratePerMinute: number;
  /** Length of each quiet phase of a soak; 0: none. */
  readonly idleSeconds: number;
  /** 0: no backlog run. */
  readonly backlogUploads: number;
  readonly deadlineSeconds: number;
  readonly json: string | undefined;
  readonly keep: boolean;
  readonly help: boolean;
}

/** @throws TypeError or ZodError if the command line is invalid */
export const readOptions = (args: readonly string[]): LoadOptions => {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      uploads: text,
      users: text,
      seed: text,
      duplicates: flag,
      'no-kills': flag,
      'no-sweepers': flag,
      relays: text,
      'relay-gap': text,
      hang: flag,
      throughput: text,
      soak: text,
      rate: text,
      idle: text,
      backlog: text,
      deadline: text,
      json: text,
      keep: flag,
      help: flag,
    },
  });
  const options = Options.parse(values);
  // The absent relay is the only fault of its run. A soak and a backlog run have no faults.
  const isCalm = options['relay-gap'] > 0 || options.soak > 0 || options.backlog > 0;
  return {
    uploads: options.uploads,
    users: options.users,
    seed: options.seed,
    duplicates: options.duplicates,
    kills: !options['no-kills'] && !isCalm,
    sweepers: !options['no-sweepers'],
    relays: options.relays,
    relayGapSeconds: options['relay-gap'],
    hang: options.hang,
    throughputUploads: options.throughput,
    soakMinutes: options.soak,
    ratePerMinute: options.rate,
    idleSeconds: options.idle,
    backlogUploads: options.backlog,
    deadlineSeconds: options.deadline,
    json: options.json,
    keep: options.keep,
    help: options.help,
  };
};

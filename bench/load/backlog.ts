import type { DevStackOptions } from '../../local/stack.ts';
import type { LoadOptions } from './options.ts';
import { planSound } from './plan.ts';
import { type LoadRun, runLoad } from './run.ts';
import { withSystem } from './system.ts';
import { backlogTiming } from './timing.ts';
import { runUploads } from './uploads.ts';

/** Nineteen frames: its extraction takes far less than a deadline. */
const CLIP = 'three-minutes.mp4';
/** One extraction at a time makes the queue long. */
const SLOTS = 1;
/** The queue has to be so many times longer than the deadlines, or the run shows nothing. */
const TIMES_LONGER = 5;
/** All of it may take so long, in seconds: far more than it does. */
const QUIET_SECONDS = 900;

/** What a backlog run shows besides what every run shows. */
export interface Backlog {
  readonly run: LoadRun;
  readonly ready: number;
  /** From the last upload's end until the last video was first taken on, in seconds. */
  readonly queueSeconds: number;
  /** How many videos were claimed how often. */
  readonly videosByClaims: Readonly<Record<string, number>>;
  readonly broken: readonly string[];
}

/** Uploads everything at once, with deadlines that are far shorter than the queue. */
export const runBacklog = (options: LoadOptions): Promise<Backlog> =>
  withSystem(
    systemOf(options),
    () => options.keep,
    async (system) => {
      const run = await runLoad(system, {
        ...options,
        kills: false,
        slots: SLOTS,
        plan: planSound(options.backlogUploads, CLIP),
        quietSeconds: QUIET_SECONDS,
        // Each upload is under way at once, and no user waits for its video.
        upload: (users, plan, terms) =>
          runUploads({
            ...terms,
            plan,
            users: plan.flatMap((_, number) => users[number % users.length] ?? []),
            patienceSeconds: 0,
          }),
      });
      return backlogOf(run, options.deadlineSeconds);
    },
  );

const systemOf = ({ deadlineSeconds }: LoadOptions): DevStackOptions => ({
  timing: backlogTiming(deadlineSeconds),
  reservedConcurrency: { ProcessInboxHandler: SLOTS },
});

export const backlogOf = (run: LoadRun, deadlineSeconds: number): Backlog => {
  const statusOf = new Map(run.audit.stored.videos.map(({ id, status }) => [id, status]));
  const claimsOf = Map.groupBy(run.claims, ({ videoId }) => videoId);
  const videos = run.uploads.map(({ videoId = 'not declared', uploadedAt = 0 }) => ({
    videoId,
    uploadedAt,
    status: statusOf.get(videoId) ?? 'unknown',
    claims: claimsOf.get(videoId) ?? [],
  }));
  const lastUploadAt = Math.max(...videos.map(({ uploadedAt }) => uploadedAt));
  const firstClaims = videos.flatMap(({ claims }) => claims[0]?.claimedAt ?? []);
  const queueSeconds = Math.max(0, (Math.max(0, ...firstClaims) - lastUploadAt) / 1000);
  const byClaims = Map.groupBy(videos, ({ claims }) => `${claims.length}`);
  return {
    run,
    ready: videos.filter(({ status }) => status === 'READY').length,
    queueSeconds,
    videosByClaims: Object.fromEntries([...byClaims].map(([count, list]) => [count, list.length])),
    broken: [
      ...videos
        .filter(({ status, claims }) => status !== 'READY' || claims.length !== 1)
        .map(({ videoId, status, claims }) => `${videoId} is ${status} after ${claims.length} extractions`),
      ...(queueSeconds < TIMES_LONGER * deadlineSeconds
        ? [
            `the queue of ${queueSeconds.toFixed(0)} s was not ${TIMES_LONGER} times longer than the deadline of ${deadlineSeconds} s: this shows nothing`,
          ]
        : []),
    ],
  };
};

export const printBacklog = ({ run, ready, queueSeconds, videosByClaims }: Backlog): void => {
  console.log(`READY: ${ready} of ${run.uploads.length}`);
  console.log(`The queue was ${queueSeconds.toFixed(1)} s long, counted from the last upload's end`);
  console.log('Videos by the number of their extractions:', videosByClaims);
};

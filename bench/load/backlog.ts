import type { DevStackOptions } from '../../local/stack.ts';
import type { LoadOptions } from './options.ts';
import { planSound } from './plan.ts';
import { type LoadRun, runLoad } from './run.ts';
import { withSystem } from './system.ts';
import { backlogTiming } from './timing.ts';
import { runUploads } from './uploads.ts';

/** Nineteen frames: the extraction takes far less time than a deadline. */
const CLIP = 'three-minutes.mp4';
/** One extraction at a time, so that a long queue builds up. */
const SLOTS = 1;
/** The queue must last this many times longer than the deadlines. Otherwise the run proves nothing. */
const TIMES_LONGER = 5;
/** Limit for the whole run, in seconds: far more than it takes. */
const QUIET_SECONDS = 900;

/** The additional results of a backlog run. */
export interface Backlog {
  readonly run: LoadRun;
  readonly ready: number;
  /** Seconds from the end of the last upload to the last first claim of a video. */
  readonly queueSeconds: number;
  /** Number of videos by their number of claims. */
  readonly videosByClaims: Readonly<Record<string, number>>;
  readonly broken: readonly string[];
}

/** Uploads all videos at once, with deadlines that are far shorter than the queue. */
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
        // All uploads start at once, and no user waits for its video.
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
            `the queue of ${queueSeconds.toFixed(0)} s was not ${TIMES_LONGER} times longer than the deadline of ${deadlineSeconds} s: this run proves nothing`,
          ]
        : []),
    ],
  };
};

export const printBacklog = ({ run, ready, queueSeconds, videosByClaims }: Backlog): void => {
  console.log(`READY: ${ready} of ${run.uploads.length}`);
  console.log(`The queue lasted ${queueSeconds.toFixed(1)} s from the end of the last upload`);
  console.log('Videos by the number of their extractions:', videosByClaims);
};

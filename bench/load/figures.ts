import { percentile } from '../statistics.ts';
import { firstClaimsOf } from './claims.ts';
import { type Overhead, overheadOf, type ReadyPassage } from './overhead.ts';
import { type Passage, recoverySeconds } from './recovery.ts';
import type { LoadRun } from './run.ts';
import type { Upload } from './uploads.ts';

export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Of no values, all are 0. */
export const spreadOf = (values: readonly number[]): Spread => {
  if (values.length === 0) return { p50: 0, p99: 0, max: 0 };
  return { p50: percentile(values, 0.5), p99: percentile(values, 0.99), max: Math.max(...values) };
};

/** Seconds from the first fault that met a video in motion to its end, for every video that one met and that is over. */
export const recoveries = (run: LoadRun): number[] =>
  passages(run).flatMap((passage) => recoverySeconds(passage, run.kills) ?? []);

/** Seconds from quiet to the end of the videos that were under way then. */
export const afterQuiet = (run: LoadRun): number[] =>
  passages(run).flatMap(({ overAt }) => (overAt > run.quietAt ? (overAt - run.quietAt) / 1000 : []));

/** Not of videos that were uploaded again: S3 told of them twice, which may have spared them a fault. */
const passages = ({ uploads, audit, claims }: LoadRun): Passage[] => {
  const { videos } = audit.stored;
  const videoOf = new Map(videos.map((video) => [video.id, video]));
  const ordered = orderTimes(audit.stored.timeline);
  const firstClaims = firstClaimsOf(claims);
  return uploads.flatMap(({ videoId = '', uploadedAt, repeatedAt }) => {
    const video = videoOf.get(videoId);
    if (uploadedAt === undefined || repeatedAt !== undefined) return [];
    if (video?.status !== 'READY' && video?.status !== 'FAILED') return [];
    return {
      uploadedAt,
      orderedAt: ordered.get(videoId),
      claimedAt: firstClaims.get(videoId),
      overAt: video.updatedAt,
    };
  });
};

/** By video: when its first attempt was ordered. */
const orderTimes = (timeline: LoadRun['audit']['stored']['timeline']): Map<string, number> =>
  timesOf(
    timeline.filter(({ attempt }) => attempt === 1),
    'PROCESS_FILE',
  );

/** By video: when an event of this type occurred. */
const timesOf = (timeline: LoadRun['audit']['stored']['timeline'], type: string): Map<string, number> =>
  new Map(
    timeline.filter((entry) => entry.type === type).map(({ videoId, occurredAt }) => [videoId, occurredAt]),
  );

/** Where the time of each READY video went. */
export const overheads = (run: LoadRun): Overhead[] => {
  const ready = run.uploads.flatMap((upload) => readyPassageOf(upload, run) ?? []);
  return ready.map((passage) => overheadOf(passage, ready, run.slots));
};

/**
 * A video's way to READY by the attempt that made it READY: another one may have worked before, or may still have worked
 * then. Undefined where it is not READY, or where a step of it was not told of.
 */
const readyPassageOf = (
  { videoId = '', uploadedAt }: Upload,
  { audit, claims }: Pick<LoadRun, 'audit' | 'claims'>,
): ReadyPassage | undefined => {
  const video = audit.stored.videos.find(({ id, status }) => id === videoId && status === 'READY');
  const steps = audit.stored.timeline.filter((entry) => entry.videoId === videoId);
  const timeOf = (type: string, attempt?: number): number | undefined =>
    steps.find((step) => step.type === type && (attempt === undefined || step.attempt === attempt))
      ?.occurredAt;
  const available = steps.find(({ type }) => type === 'FILE_AVAILABLE');
  const attempt = available?.attempt ?? undefined;
  const finishedAt = timeOf('FILE_PROCESSED', attempt);
  const claimedAt = claims.findLast(
    (claim) => claim.videoId === videoId && claim.attempt === attempt && claim.claimedAt <= (finishedAt ?? 0),
  )?.claimedAt;
  const [receivedAt, orderedAt] = [timeOf('FILE_UPLOADED'), timeOf('PROCESS_FILE', 1)];
  if (!video || !available || !uploadedAt || !receivedAt || !orderedAt || !claimedAt || !finishedAt)
    return undefined;
  const { occurredAt: availableAt } = available;
  return {
    uploadedAt,
    receivedAt,
    orderedAt,
    claimedAt,
    finishedAt,
    availableAt,
    readyAt: video.updatedAt,
  };
};

/** Videos that came to their end, per minute of the run. */
export const videosPerMinute = ({ uploads, audit, startedAt }: LoadRun): number => {
  const ends = audit.stored.videos.filter(({ status }) => status === 'READY').map((video) => video.updatedAt);
  if (uploads.length === 0 || ends.length === 0) return 0;
  return ends.length / ((Math.max(...ends) - startedAt) / 60_000);
};

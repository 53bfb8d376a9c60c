import { percentile } from '../statistics.ts';
import type { TimelineRow } from './audit/rows.ts';
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

/** All figures are 0 if there are no values. */
export const spreadOf = (values: readonly number[]): Spread => {
  if (values.length === 0) return { p50: 0, p99: 0, max: 0 };
  return { p50: percentile(values, 0.5), p99: percentile(values, 0.99), max: Math.max(...values) };
};

/**
 * Recovery time in seconds of each finished video that a fault hit: from the first such fault to the video's final
 * status.
 */
export const recoveries = (run: LoadRun): number[] =>
  passages(run).flatMap((passage) => recoverySeconds(passage, run.kills) ?? []);

/** Seconds from the beginning of the quiet phase to the final status, for the videos that were then in progress. */
export const afterQuiet = (run: LoadRun): number[] =>
  passages(run).flatMap(({ overAt }) => (overAt > run.quietAt ? (overAt - run.quietAt) / 1000 : []));

/** Videos that were uploaded twice are omitted: their second S3 event may have hidden a fault. */
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

/** The time when the first attempt was ordered, by video id. */
const orderTimes = (timeline: readonly TimelineRow[]): Map<string, number> =>
  timesOf(
    timeline.filter(({ attempt }) => attempt === 1),
    'PROCESS_FILE',
  );

/** The time of the event of this type, by video id. */
const timesOf = (timeline: readonly TimelineRow[], type: string): Map<string, number> =>
  new Map(
    timeline.filter((entry) => entry.type === type).map(({ videoId, occurredAt }) => [videoId, occurredAt]),
  );

/** The parts of each READY video's time. */
export const overheads = (run: LoadRun): Overhead[] => {
  const ready = run.uploads.flatMap((upload) => readyPassageOf(upload, run) ?? []);
  return ready.map((passage) => overheadOf(passage, ready, run.slots));
};

/**
 * A video's times on its way to READY, for the attempt that made it READY. Other attempts may have run before it or at
 * the same time. Undefined if the video is not READY or if the time of a step is unknown.
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

/** READY videos per minute of the run. */
export const videosPerMinute = ({ uploads, audit, startedAt }: LoadRun): number => {
  const ends = audit.stored.videos.filter(({ status }) => status === 'READY').map((video) => video.updatedAt);
  if (uploads.length === 0 || ends.length === 0) return 0;
  return ends.length / ((Math.max(...ends) - startedAt) / 60_000);
};

import type { ClipName } from '../../test/support/clips.ts';
import { Random } from './random.ts';

/** Clips from one second to three minutes, in every container. */
const SOUND: readonly ClipName[] = [
  'one-frame.mp4',
  'short.mp4',
  'h264.mp4',
  'h264.mkv',
  'index-at-end.mov',
  'mjpeg.avi',
  'xvid.avi',
  'vp9.mkv',
  'low-rate-b-frames.mkv',
  'slides.mkv',
  'three-minutes.mp4',
];
/** Each of these clips must end FAILED. */
const CORRUPT: readonly ClipName[] = ['index-missing.mp4', 'garbage.mp4', 'truncated-index.mp4', 'noise.avi'];
/** With one frame per second its ZIP needs several parts of a multipart upload. */
const LARGE = { clip: 'grain.mp4', intervalSeconds: 1 } as const;

/** Shares of all uploads, but at least one upload each. */
const SHARES = { corrupt: 0.05, abandoned: 0.05, large: 0.04, deleted: 0.2, repeated: 0.1 };

/** When a user acts again: as soon as it sees the video in this status, or this many seconds after the upload. */
export type Moment =
  | { readonly when: 'UPLOADED' | 'PROCESSING' | 'OVER' }
  | { readonly when: 'LATER'; readonly seconds: number };
const LATER_SECONDS = { low: 0, high: 12 };

/** A planned upload. An `abandoned` video is created but its source is never uploaded. */
export interface PlannedUpload {
  readonly kind: 'sound' | 'corrupt' | 'abandoned';
  readonly clip: ClipName;
  /** Seconds between two frames, if not the default. */
  readonly intervalSeconds?: number;
  /** In a run with faults, its extracting process is killed while it sends the first parts of the ZIP. */
  readonly cutsZip?: true;
  /** When its user deletes it. */
  readonly deletion?: Moment;
  /** When its user uploads the same bytes with the same form again. */
  readonly repetition?: Moment;
}

/** A plan of sound videos that are neither deleted nor uploaded again. */
export const planSound = (uploads: number, clip: ClipName): PlannedUpload[] =>
  Array.from({ length: uploads }, () => ({ kind: 'sound', clip }));

/** A plan of `uploads` uploads with the shares of {@link SHARES}, in an order that the seed determines. */
export const planUploads = (uploads: number, seed: number): PlannedUpload[] => {
  const random = new Random(seed, 'plan');
  const countOf = (share: number): number => Math.max(1, Math.round(uploads * share));
  const [corrupt, abandoned] = [countOf(SHARES.corrupt), countOf(SHARES.abandoned)];
  const large = corrupt + abandoned + countOf(SHARES.large);
  const planned = Array.from({ length: uploads }, (_, number): PlannedUpload => {
    if (number < corrupt) return { kind: 'corrupt', clip: random.pick(CORRUPT) };
    if (number < corrupt + abandoned) return { kind: 'abandoned', clip: random.pick(SOUND) };
    if (number < large) return { kind: 'sound', ...LARGE, cutsZip: true };
    return { kind: 'sound', clip: random.pick(SOUND) };
  });
  const actions = new Random(seed, 'actions');
  const numbers = planned.map((_, number) => number);
  const deleted = new Set(actions.shuffle(numbers).slice(0, countOf(SHARES.deleted)));
  const repeated = new Set(actions.shuffle(numbers).slice(0, countOf(SHARES.repeated)));
  const acting = planned.map((upload, number) => ({
    ...upload,
    ...(deleted.has(number) && { deletion: someMoment(actions) }),
    ...(repeated.has(number) && upload.kind !== 'abandoned' && { repetition: someMoment(actions) }),
  }));
  return random.shuffle(acting);
};

const someMoment = (random: Random): Moment => {
  const when = random.pick(['UPLOADED', 'PROCESSING', 'OVER', 'LATER'] as const);
  return when === 'LATER'
    ? { when, seconds: random.between(LATER_SECONDS.low, LATER_SECONDS.high) }
    : { when };
};

import type { ClipName } from '../../test/support/clips.ts';
import { Random } from './random.ts';

/** From a second to three minutes, in every container. */
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
/** Each of them has to end FAILED. */
const CORRUPT: readonly ClipName[] = ['index-missing.mp4', 'garbage.mp4', 'truncated-index.mp4', 'noise.avi'];
const CORRUPT_SHARE = 0.05;
const ABANDONED_SHARE = 0.05;

/** One upload: `abandoned` is declared and never uploaded. */
export interface PlannedUpload {
  readonly kind: 'sound' | 'corrupt' | 'abandoned';
  readonly clip: ClipName;
}

/** So many uploads in an order of the seed's, 5 % of them corrupt and 5 % abandoned (of few, at least one each). */
export const planUploads = (uploads: number, seed: number): PlannedUpload[] => {
  const random = new Random(seed, 'plan');
  const corrupt = Math.max(1, Math.round(uploads * CORRUPT_SHARE));
  const abandoned = Math.max(1, Math.round(uploads * ABANDONED_SHARE));
  const planned = Array.from({ length: uploads }, (_, number): PlannedUpload => {
    if (number < corrupt) return { kind: 'corrupt', clip: random.pick(CORRUPT) };
    if (number < corrupt + abandoned) return { kind: 'abandoned', clip: random.pick(SOUND) };
    return { kind: 'sound', clip: random.pick(SOUND) };
  });
  return random.shuffle(planned);
};

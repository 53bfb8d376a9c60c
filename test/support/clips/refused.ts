import type { FailureCode } from '../../../functions/contracts/failures.ts';
import type { ClipName } from './recipes.ts';

/** Files that are not usable videos or are malicious, each with its failure code. */
export const REFUSED: readonly [ClipName, FailureCode][] = [
  ['empty.mp4', 'CORRUPT_VIDEO'],
  ['garbage.mp4', 'CORRUPT_VIDEO'],
  ['noise.avi', 'UNSUPPORTED_CONTAINER'],
  ['truncated-index.mp4', 'CORRUPT_VIDEO'],
  ['index-missing.mp4', 'CORRUPT_VIDEO'],
  ['cut-off.mp4', 'CORRUPT_VIDEO'],
  ['cut-off.mkv', 'CORRUPT_VIDEO'],
  ['cut-off.avi', 'CORRUPT_VIDEO'],
  ['nothing-decodable.mp4', 'CORRUPT_VIDEO'],
  ['audio-only.mp4', 'NO_VIDEO_STREAM'],
  ['cover-art.mp4', 'NO_VIDEO_STREAM'],
  ['flash-codec.avi', 'UNSUPPORTED_CODEC'],
  ['huge-picture.mp4', 'DIMENSIONS_TOO_LARGE'],
  ['gap.mkv', 'TOO_MANY_FRAMES'],
  ['many-streams.mkv', 'CORRUPT_VIDEO'],
  ['hls-playlist.mp4', 'UNSUPPORTED_CONTAINER'],
  ['hls-after-ftyp.mp4', 'CORRUPT_VIDEO'],
  ['concat-list.mp4', 'UNSUPPORTED_CONTAINER'],
  ['dash-manifest.mp4', 'UNSUPPORTED_CONTAINER'],
  ['session.mp4', 'UNSUPPORTED_CONTAINER'],
  ['archive.mp4', 'UNSUPPORTED_CONTAINER'],
  ['page.mp4', 'UNSUPPORTED_CONTAINER'],
  ['picture.mp4', 'UNSUPPORTED_CONTAINER'],
  ['heic-picture.mp4', 'UNSUPPORTED_CONTAINER'],
  ['avif-picture.mp4', 'UNSUPPORTED_CONTAINER'],
];

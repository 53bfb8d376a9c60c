import type { Video } from '../../client/index.ts';
import { count, formatBytes } from './units.ts';

/** What a video does right now, in a few words. */
export const videoState = ({ status, progress, waiting, frames, failure }: Video): string => {
  switch (status) {
    case 'AWAITING_UPLOAD':
      return 'awaiting its upload';
    case 'UPLOADED':
      return waiting === undefined || waiting.ahead === 0 ? 'waiting' : `waiting behind ${waiting.ahead}`;
    case 'PROCESSING':
      return progress === undefined
        ? 'processing'
        : `processing, ${progress.framesDone} of ${count(progress.framesExpected, 'frame')}`;
    case 'READY':
      return `ready, ${count(frames ?? 0, 'frame')}`;
    case 'FAILED':
      return `failed (${failure?.code ?? 'INTERNAL'})`;
    case 'EXPIRED':
      return 'never uploaded';
    case 'RESULT_EXPIRED':
      return 'its result has expired';
  }
};

/** One row of a list: id, when, size, state, name. */
export const videoRow = (video: Video): string[] => [
  video.id,
  video.createdAt.slice(0, 16).replace('T', ' '),
  formatBytes(video.sizeBytes).padStart(7),
  videoState(video),
  video.fileName,
];

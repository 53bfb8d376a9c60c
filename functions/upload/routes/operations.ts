import type { UPLOAD_ROUTES } from '../../contracts/routes/upload.ts';
import type { Operations } from '../../shared/http/operation.ts';
import type { UploadServices } from '../core/ports.ts';
import { createVideoOperation } from './create-video.ts';
import { deleteVideoOperation } from './delete-video.ts';
import { getTimelineOperation } from './get-timeline.ts';
import { getVideoOperation } from './get-video.ts';
import { listVideosOperation } from './list-videos.ts';

/** One operation for each route of this context. */
export const uploadOperations: Operations<typeof UPLOAD_ROUTES, UploadServices> = {
  createVideo: createVideoOperation,
  listVideos: listVideosOperation,
  getVideo: getVideoOperation,
  deleteVideo: deleteVideoOperation,
  getTimeline: getTimelineOperation,
};

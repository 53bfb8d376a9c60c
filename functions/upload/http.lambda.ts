import { createHttpHandler } from '../shared/http/http-handler.ts';
import { createVideoRoute } from './routes/create-video.ts';
import { deleteVideoRoute } from './routes/delete-video.ts';
import { getTimelineRoute } from './routes/get-timeline.ts';
import { getVideoRoute } from './routes/get-video.ts';
import { listVideosRoute } from './routes/list-videos.ts';
import { buildServices } from './services.ts';

/** POST and GET /videos; GET and DELETE /videos/{id}; GET /videos/{id}/events. */
export const handler = createHttpHandler({
  build: buildServices,
  routes: [createVideoRoute, listVideosRoute, getVideoRoute, getTimelineRoute, deleteVideoRoute],
});

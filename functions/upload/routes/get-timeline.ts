import * as z from 'zod';
import { Timeline, VideoPath } from '../../contracts/http.ts';
import { userRoute } from '../../shared/http/route.ts';
import type { UploadServices } from '../core/ports.ts';
import { getTimeline } from '../core/read-videos.ts';

export const getTimelineRoute = userRoute({
  method: 'GET',
  path: '/videos/{id}/events',
  input: z.object({ params: VideoPath }),
  answer: Timeline,
  status: 200,
  run: ({ params }, services: UploadServices, { caller }) =>
    getTimeline({ id: params.id, userId: caller.userId }, services),
});

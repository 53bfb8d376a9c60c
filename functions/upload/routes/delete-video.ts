import * as z from 'zod';
import { VideoPath } from '../../contracts/http.ts';
import { userRoute } from '../../shared/http/route.ts';
import { deleteVideo } from '../core/delete-video.ts';
import type { UploadServices } from '../core/ports.ts';

export const deleteVideoRoute = userRoute({
  method: 'DELETE',
  path: '/videos/{id}',
  input: z.object({ params: VideoPath }),
  answer: z.void(),
  status: 202,
  run: ({ params }, services: UploadServices, { caller, correlationId }) =>
    deleteVideo({ id: params.id, userId: caller.userId, correlationId }, services),
});

import * as z from 'zod';
import { Video, VideoPath } from '../../contracts/http.ts';
import { userRoute } from '../../shared/http/route.ts';
import type { UploadServices } from '../core/ports.ts';
import { getVideo } from '../core/read-videos.ts';

export const getVideoRoute = userRoute({
  method: 'GET',
  path: '/videos/{id}',
  input: z.object({ params: VideoPath }),
  answer: Video,
  status: 200,
  run: ({ params }, services: UploadServices, { caller }) =>
    getVideo({ id: params.id, userId: caller.userId }, services),
});

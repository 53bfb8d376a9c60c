import { createHttpHandler } from '../shared/http/http-handler.ts';
import { getDownloadRoute } from './routes/get-download.ts';
import { listFramesRoute } from './routes/list-frames.ts';
import { buildServices } from './services.ts';

/** GET /videos/{id}/download and /videos/{id}/frames. */
export const handler = createHttpHandler({
  build: buildServices,
  routes: [getDownloadRoute, listFramesRoute],
});

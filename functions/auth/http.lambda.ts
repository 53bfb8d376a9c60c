import { createHttpHandler } from '../shared/http/http-handler.ts';
import { authRoutes } from './routes.ts';
import { buildAuthServices } from './services.ts';

export const handler = createHttpHandler({ build: buildAuthServices, routes: authRoutes });

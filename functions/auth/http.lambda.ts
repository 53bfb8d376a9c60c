import { AUTH_ROUTES } from '../contracts/routes/auth.ts';
import { createHttpHandler } from '../shared/http/http-handler.ts';
import { authOperations } from './routes/operations.ts';
import { buildAuthServices } from './services.ts';

export const handler = createHttpHandler({
  contracts: AUTH_ROUTES,
  operations: authOperations,
  build: buildAuthServices,
});

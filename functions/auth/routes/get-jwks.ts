import type { AUTH_ROUTES } from '../../contracts/routes/auth.ts';
import type { Operation } from '../../shared/http/operation.ts';
import { getJwks, type JwksServices } from '../core/jwks.ts';

export const getJwksOperation: Operation<typeof AUTH_ROUTES.getJwks, JwksServices> = (_input, services) =>
  getJwks(services);

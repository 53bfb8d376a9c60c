import type { AUTH_ROUTES } from '../../contracts/routes/auth.ts';
import type { Operation } from '../../shared/http/operation.ts';
import { type LoginServices, login } from '../core/login.ts';

export const loginOperation: Operation<typeof AUTH_ROUTES.login, LoginServices> = (
  { body },
  services,
  { sourceIp },
) => login(body, sourceIp, services);

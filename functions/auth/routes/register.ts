import type { AUTH_ROUTES } from '../../contracts/routes/auth.ts';
import type { Operation } from '../../shared/http/operation.ts';
import { type RegisterServices, register } from '../core/register.ts';

export const registerOperation: Operation<typeof AUTH_ROUTES.register, RegisterServices> = (
  { body },
  services,
  { sourceIp },
) => register(body, sourceIp, services);

import type { AUTH_ROUTES } from '../../contracts/routes/auth.ts';
import type { Operation } from '../../shared/http/operation.ts';
import { type LogoutServices, logout } from '../core/logout.ts';

export const logoutOperation: Operation<typeof AUTH_ROUTES.logout, LogoutServices> = ({ body }, services) =>
  logout(body, services);

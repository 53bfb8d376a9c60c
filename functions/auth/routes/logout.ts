import * as z from 'zod';
import { RefreshRequest } from '../../contracts/http.ts';
import { publicRoute } from '../../shared/http/route.ts';
import { type LogoutServices, logout } from '../core/logout.ts';

export const logoutRoute = publicRoute({
  method: 'POST',
  path: '/auth/logout',
  input: z.object({ body: RefreshRequest }),
  answer: z.void(),
  status: 204,
  run: ({ body }, services: LogoutServices) => logout(body, services),
});

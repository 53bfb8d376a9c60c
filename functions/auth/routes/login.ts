import * as z from 'zod';
import { LoginRequest, TokenPair } from '../../contracts/http.ts';
import { publicRoute } from '../../shared/http/route.ts';
import { type LoginServices, login } from '../core/login.ts';

export const loginRoute = publicRoute({
  method: 'POST',
  path: '/auth/login',
  input: z.object({ body: LoginRequest }),
  answer: TokenPair,
  status: 200,
  run: ({ body }, services: LoginServices, { sourceIp }) => login(body, sourceIp, services),
});

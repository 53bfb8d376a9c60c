import * as z from 'zod';
import { Profile, RegisterRequest } from '../../contracts/http.ts';
import { publicRoute } from '../../shared/http/route.ts';
import { type RegisterServices, register } from '../core/register.ts';

export const registerRoute = publicRoute({
  method: 'POST',
  path: '/auth/register',
  input: z.object({ body: RegisterRequest }),
  answer: Profile,
  status: 201,
  run: ({ body }, services: RegisterServices, { sourceIp }) => register(body, sourceIp, services),
});

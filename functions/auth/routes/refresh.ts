import * as z from 'zod';
import { RefreshRequest, TokenPair } from '../../contracts/http.ts';
import { publicRoute } from '../../shared/http/route.ts';
import { type RefreshServices, refresh } from '../core/refresh.ts';

export const refreshRoute = publicRoute({
  method: 'POST',
  path: '/auth/refresh',
  input: z.object({ body: RefreshRequest }),
  answer: TokenPair,
  status: 200,
  run: ({ body }, services: RefreshServices) => refresh(body, services),
});

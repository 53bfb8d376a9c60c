import * as z from 'zod';
import { Jwks } from '../../contracts/http.ts';
import { publicRoute } from '../../shared/http/route.ts';
import { getJwks, type JwksServices } from '../core/jwks.ts';
import { JWKS_MAX_AGE_SECONDS } from '../core/signing-keys.ts';

export const jwksRoute = publicRoute({
  method: 'GET',
  path: '/.well-known/jwks.json',
  input: z.object({}),
  answer: Jwks,
  status: 200,
  headers: { 'cache-control': `public, max-age=${JWKS_MAX_AGE_SECONDS}` },
  run: (_input, services: JwksServices) => getJwks(services),
});

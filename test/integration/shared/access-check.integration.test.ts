import { createPrivateKey, createPublicKey, randomUUID } from 'node:crypto';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { AesGcmKeyCipher } from '../../../functions/auth/adapters/aes-gcm-key-cipher.ts';
import { type DatabaseContext, databaseRole } from '../../../functions/contracts/database.ts';
import { callApi } from '../../support/api-event.ts';
import { partsOf, refusedTokens, type TokenWorkshop } from '../../support/auth/refused-tokens.ts';
import { type RunningAuth, startAuth } from '../../support/auth/running-auth.ts';

const KEY_SECRET = 'a secret of the access tests, long enough and random';

type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/** Functions with a route for users, with the status of their answer to an accepted token. */
const TARGETS = [
  { context: 'auth', path: '/auth/me', accepted: 200 },
  { context: 'upload', path: '/videos', accepted: 200 },
  { context: 'download', path: `/videos/${randomUUID()}/frames`, accepted: 404 },
] as const satisfies readonly { context: DatabaseContext; path: string; accepted: number }[];

const UNAUTHENTICATED = {
  status: 401,
  headers: { 'content-type': 'application/problem+json', 'www-authenticate': 'Bearer' },
  body: { code: 'UNAUTHENTICATED', status: 401, title: 'Unauthenticated', detail: 'Log in first.' },
};

let auth: RunningAuth;
let workshop: TokenWorkshop;
const { header, claims, signed } = partsOf(() => workshop);

beforeAll(async () => {
  auth = await startAuth({ AUTH_KEY_SECRET: KEY_SECRET, VIDEO_BUCKET: 'not-used', STAGE: 'test' });
  const { id, email, tokens } = await auth.newUser();
  const { rows } = await auth.pool.query('SELECT kid, sealed_private_jwk FROM signing_keys');
  const key = z.object({ kid: z.string(), sealed_private_jwk: z.instanceof(Buffer) }).parse(rows[0]);
  const jwk = new AesGcmKeyCipher(KEY_SECRET).open(key.sealed_private_jwk, key.kid) ?? '';
  const privateKey = createPrivateKey({ key: JSON.parse(jwk), format: 'jwk' });
  const session = await auth.pool.query('SELECT id FROM sessions WHERE user_id = $1', [id]);
  workshop = {
    privateKey,
    publicKey: createPublicKey(privateKey),
    kid: key.kid,
    userId: id,
    sessionId: z.uuid().parse(session.rows[0]?.id),
    now: () => new Date(),
    issue: async () => tokens.accessToken,
  };
  expect(email).toContain('@');
});
afterAll(() => auth.close());

/** The handler of a function after a cold start with changed environment variables. */
const coldStart = async (
  { context, path }: { context: DatabaseContext; path: string },
  env: Record<string, string | undefined>,
): Promise<Handler> => {
  vi.resetModules();
  vi.stubEnv('DATABASE_USER', databaseRole(context));
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const { handler } = await load(context);
  // A function reads its variables on first use, so this call makes it read these.
  const headers = { Authorization: `Bearer ${await workshop.issue()}` };
  await callApi(handler, { method: 'GET', path, headers, userId: workshop.userId });
  return handler;
};

const load = (context: DatabaseContext): Promise<{ handler: Handler }> => {
  switch (context) {
    case 'auth':
      return import('../../../functions/auth/http.lambda.ts');
    case 'upload':
      return import('../../../functions/upload/http.lambda.ts');
    case 'download':
      return import('../../../functions/download/http.lambda.ts');
    case 'process':
      throw new Error('the process context has no HTTP function');
  }
};

beforeEach(() => vi.unstubAllEnvs());

describe('The authorizer', () => {
  it('accepts one of our tokens', async () => {
    expect(await auth.authorize(await workshop.issue())).toMatchObject({ principalId: workshop.userId });
  });

  it.each(refusedTokens(() => workshop))('refuses %s', async (_what, authorization) => {
    await expect(auth.authorizeValue(await authorization())).rejects.toThrow(/^Unauthorized$/);
  });
});

describe.each(TARGETS)('A function of $context that checks tokens itself', ({ context, path, accepted }) => {
  let handler: Handler;
  const get = (authorization: string | undefined, options: { name?: string; userId?: string } = {}) =>
    callApi(handler, {
      method: 'GET',
      path,
      ...(authorization !== undefined && { headers: { [options.name ?? 'Authorization']: authorization } }),
      ...(options.userId !== undefined && { userId: options.userId }),
    });

  beforeAll(async () => {
    handler = await coldStart(
      { context, path },
      {
        ACCESS_CHECK: 'function',
        ACCESS_DATABASE_USER: databaseRole('auth', 'authorizer'),
      },
    );
  });

  it('accepts one of our tokens in a header with a name in any case', async () => {
    for (const name of ['Authorization', 'authorization', 'AUTHORIZATION'])
      expect((await get(`Bearer ${await workshop.issue()}`, { name })).status, name).toBe(accepted);
    expect((await get(`Bearer ${signed(header(), claims())}`)).status).toBe(accepted);
  });

  it.each(refusedTokens(() => workshop))('refuses %s', async (_what, authorization) => {
    expect(await get(await authorization())).toMatchObject(UNAUTHENTICATED);
  });

  it('refuses a request without a token', async () => {
    expect(await get(undefined)).toMatchObject(UNAUTHENTICATED);
  });

  it('ignores a user from an authorizer', async () => {
    expect(await get(undefined, { userId: workshop.userId })).toMatchObject(UNAUTHENTICATED);
    expect(await get('Bearer a.b.c', { userId: workshop.userId })).toMatchObject(UNAUTHENTICATED);
  });

  it('refuses the token of a session that has ended', async () => {
    const { tokens } = await auth.newUser();
    expect((await get(`Bearer ${tokens.accessToken}`)).status).toBe(accepted);
    await auth.post('/auth/logout', { refreshToken: tokens.refreshToken });
    expect(await get(`Bearer ${tokens.accessToken}`)).toMatchObject(UNAUTHENTICATED);
  });

  it('answers preflights without a token', async () => {
    expect((await callApi(handler, { method: 'OPTIONS', path })).status).toBe(204);
  });
});

describe.each(TARGETS)('A function of $context while the database is down', ({ context, path }) => {
  it('answers 503 to a valid token and 401 to an invalid one', async () => {
    const handler = await coldStart(
      { context, path },
      {
        ACCESS_CHECK: 'function',
        ACCESS_DATABASE_USER: databaseRole('auth', 'authorizer'),
        DATABASE_PORT: '1',
      },
    );
    const get = (authorization: string) =>
      callApi(handler, { method: 'GET', path, headers: { Authorization: authorization } });
    const answer = await get(`Bearer ${await workshop.issue()}`);
    expect(answer).toMatchObject({ status: 503, body: { code: 'UNAVAILABLE' } });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(await get('Bearer none')).toMatchObject(UNAUTHENTICATED);
  });
});

describe.each(TARGETS)('A function of $context behind API Gateway', ({ context, path, accepted }) => {
  it('trusts the authorizer’s user and reads no token', async () => {
    // Access to auth's schema must not change that.
    const handler = await coldStart(
      { context, path },
      {
        ACCESS_CHECK: 'gateway',
        ACCESS_DATABASE_USER: databaseRole('auth', 'authorizer'),
      },
    );
    const headers = { Authorization: `Bearer ${await workshop.issue()}` };
    expect(await callApi(handler, { method: 'GET', path, headers })).toMatchObject(UNAUTHENTICATED);
    expect(await callApi(handler, { method: 'GET', path })).toMatchObject(UNAUTHENTICATED);
    const forged = { Authorization: 'Bearer a.b.c' };
    const { userId } = workshop;
    expect((await callApi(handler, { method: 'GET', path, headers: forged, userId })).status).toBe(accepted);
  });
});

describe.each(TARGETS)('A function of $context without a valid access check', ({ context, path }) => {
  it.each([undefined, '', 'none', 'GATEWAY'])('answers 500 to every user: ACCESS_CHECK=%s', async (check) => {
    const handler = await coldStart(
      { context, path },
      {
        ACCESS_CHECK: check,
        ACCESS_DATABASE_USER: databaseRole('auth', 'authorizer'),
      },
    );
    const headers = { Authorization: `Bearer ${await workshop.issue()}` };
    const answer = await callApi(handler, { method: 'GET', path, headers, userId: workshop.userId });
    expect(answer).toMatchObject({ status: 500, body: { code: 'INTERNAL' } });
  });

  it('answers 500 to every user without a role for auth’s schema', async () => {
    const handler = await coldStart(
      { context, path },
      { ACCESS_CHECK: 'function', ACCESS_DATABASE_USER: undefined },
    );
    const headers = { Authorization: `Bearer ${await workshop.issue()}` };
    const answer = await callApi(handler, { method: 'GET', path, headers, userId: workshop.userId });
    expect(answer).toMatchObject({ status: 500, body: { code: 'INTERNAL' } });
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { EMPTY, json, REDIRECT, type RouteContracts } from '../../../functions/contracts/routes/route.ts';
import { AppError, VideoNotFoundError } from '../../../functions/shared/errors/app-error.ts';
import { createHttpHandler } from '../../../functions/shared/http/http-handler.ts';
import { Redirect } from '../../../functions/shared/http/operation.ts';
import { callApi } from '../../support/api-event.ts';

const contracts = {
  greet: {
    method: 'POST',
    path: '/greet',
    context: 'health',
    auth: 'none',
    input: z.object({ body: z.object({ name: z.string().min(1) }) }),
    answers: { 201: json(z.object({ text: z.string() })) },
    problems: [],
  },
  readUser: {
    method: 'GET',
    path: '/me/{id}',
    context: 'health',
    auth: 'user',
    input: z.object({
      params: z.object({ id: z.uuid() }),
      query: z.object({ limit: z.coerce.number().max(10).optional() }),
    }),
    answers: { 200: json(z.object({ userId: z.string() })) },
    problems: [],
  },
  fail: {
    method: 'GET',
    path: '/fail/{how}',
    context: 'health',
    auth: 'none',
    input: z.object({
      params: z.object({ how: z.enum(['app', 'bug', 'answer', 'database', 'throttle']) }),
    }),
    answers: { 200: json(z.object({ fits: z.literal(true) })) },
    problems: ['VIDEO_NOT_FOUND'],
  },
  goElsewhere: {
    method: 'GET',
    path: '/elsewhere',
    context: 'health',
    auth: 'none',
    input: z.object({ headers: z.object({ 'x-colour': z.enum(['red', 'blue']).optional() }) }),
    answers: { 302: REDIRECT, 200: json(z.object({ colour: z.string() }), { 'cache-control': 'public' }) },
    problems: [],
  },
} as const satisfies RouteContracts;

const handler = createHttpHandler({
  contracts,
  build: async () => ({ greeting: 'hello' }),
  operations: {
    greet: async ({ body }, { greeting }) => ({ text: `${greeting} ${body.name}` }),
    readUser: async (_input, _services, call) => ({ userId: call.caller.userId }),
    fail: async ({ params }) => {
      switch (params.how) {
        case 'app':
          throw new VideoNotFoundError();
        case 'bug':
          throw new Error('secret: hunter2');
        case 'database':
          throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
        case 'throttle':
          throw new AppError('TOO_MANY_REQUESTS', { detail: 'Slow down.', retryAfterSeconds: 7 });
        case 'answer':
          return JSON.parse('{"fits":false}');
      }
    },
    goElsewhere: async ({ headers: { 'x-colour': colour } }) =>
      colour === undefined ? new Redirect('https://example.com/file') : { colour },
  },
});

/** A contract whose answer is empty. */
const QUIET = {
  method: 'GET',
  context: 'health',
  input: z.object({}),
  answers: { 204: EMPTY },
  problems: [],
} as const;

const USER = '0192d3a0-0000-7000-8000-000000000001';

describe('the HTTP handler', () => {
  beforeAll(() => {
    process.env.ALLOWED_ORIGINS = 'https://app.example.com,http://localhost:3000';
    process.env.ACCESS_CHECK = 'gateway';
  });

  it('parses the body, runs the use case and answers JSON with the declared status', async () => {
    const answer = await callApi(handler, { method: 'POST', path: '/greet', body: { name: 'Ada' } });
    expect(answer).toMatchObject({ status: 201, body: { text: 'hello Ada' } });
    expect(answer.headers['x-correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('names the invalid field but not its value', async () => {
    const answer = await callApi(handler, { method: 'POST', path: '/greet', body: { name: 7_654_321 } });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_FAILED', errors: [{ path: 'body.name' }] },
    });
    expect(JSON.stringify(answer.body)).not.toContain('7654321');
    expect(answer.headers['content-type']).toBe('application/problem+json');
  });

  it.each([
    ['malformed JSON', { rawBody: '{' }, 400, 'MALFORMED_JSON'],
    [
      'JSON nested ten thousand deep',
      { rawBody: `${'['.repeat(5000)}${']'.repeat(5000)}` },
      400,
      'VALIDATION_FAILED',
    ],
    ['a megabyte', { body: { name: 'x'.repeat(1_000_000) } }, 413, 'PAYLOAD_TOO_LARGE'],
    [
      'another content type',
      { rawBody: 'name=Ada', headers: { 'Content-Type': 'text/plain' } },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['no body', {}, 400, 'VALIDATION_FAILED'],
    ['an array', { body: [] }, 400, 'VALIDATION_FAILED'],
    ['a prototype', { rawBody: '{"__proto__":{"name":"x"}}' }, 400, 'VALIDATION_FAILED'],
  ])('refuses %s', async (_what, call, status, code) => {
    expect(await callApi(handler, { method: 'POST', path: '/greet', ...call })).toMatchObject({
      status,
      body: { code },
    });
  });

  it('refuses a call without the authorizer’s user', async () => {
    const path = `/me/${USER}`;
    const anonymous = await callApi(handler, { method: 'GET', path });
    expect(anonymous).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    expect(anonymous.headers['www-authenticate']).toBe('Bearer');
    expect(await callApi(handler, { method: 'GET', path, userId: USER })).toMatchObject({
      status: 200,
      body: { userId: USER },
    });
  });

  it('answers 401 without a token even while its services are unavailable', async () => {
    const broken = createHttpHandler({
      build: async () => Promise.reject(new Error('Redis is away')),
      contracts: { read: { ...QUIET, path: '/mine', auth: 'user' } },
      operations: { read: async () => undefined },
    });
    expect((await callApi(broken, { method: 'GET', path: '/mine' })).status).toBe(401);
    expect((await callApi(broken, { method: 'GET', path: '/mine', userId: USER })).status).toBe(500);
  });

  it.each(['NaN', '1e9', 'x'])('refuses the limit %s', async (limit) => {
    const call = { method: 'GET', path: `/me/${USER}`, userId: USER, query: { limit } };
    expect(await callApi(handler, call)).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
  });

  it.each([
    ['app', 404, 'VIDEO_NOT_FOUND'],
    ['bug', 500, 'INTERNAL'],
    ['answer', 500, 'INTERNAL'],
    ['database', 503, 'UNAVAILABLE'],
    ['throttle', 429, 'TOO_MANY_REQUESTS'],
    ['unknown', 400, 'VALIDATION_FAILED'],
  ])('answers a failure of the kind %s with %i and its code', async (how, status, code) => {
    const answer = await callApi(handler, { method: 'GET', path: `/fail/${how}` });
    expect(answer).toMatchObject({ status, body: { code, status } });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
  });

  it('sends Retry-After when a retry may succeed', async () => {
    expect((await callApi(handler, { method: 'GET', path: '/fail/throttle' })).headers['retry-after']).toBe(
      '7',
    );
    expect((await callApi(handler, { method: 'GET', path: '/fail/database' })).headers['retry-after']).toBe(
      '5',
    );
  });

  it('redirects without a body', async () => {
    const answer = await callApi(handler, { method: 'GET', path: '/elsewhere' });
    expect(answer).toMatchObject({
      status: 302,
      body: '',
      headers: { location: 'https://example.com/file' },
    });
  });

  it('reads a header in any case, and adds the headers of its contract', async () => {
    const call = { method: 'GET', path: '/elsewhere' };
    const answer = await callApi(handler, { ...call, headers: { 'X-Colour': 'red' } });
    expect(answer).toMatchObject({
      status: 200,
      body: { colour: 'red' },
      headers: { 'cache-control': 'public' },
    });
    expect(await callApi(handler, { ...call, headers: { 'x-colour': 'green' } })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'headers.x-colour' }] },
    });
  });

  it('answers 404 for an unknown path', async () => {
    expect(await callApi(handler, { method: 'GET', path: '/nothing' })).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND' },
    });
  });

  it('sends the security headers, on errors too', async () => {
    for (const path of ['/elsewhere', '/fail/app']) {
      const { headers } = await callApi(handler, { method: 'GET', path });
      expect(headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['cache-control']).toBe('no-store');
    }
  });

  it('allows exactly the configured origins, on errors and preflights too', async () => {
    const from = (origin: string, path = '/fail/app', method = 'GET') =>
      callApi(handler, { method, path, headers: { Origin: origin } });
    expect((await from('https://app.example.com')).headers['access-control-allow-origin']).toBe(
      'https://app.example.com',
    );
    const preflight = await from('http://localhost:3000', '/greet', 'OPTIONS');
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-origin']).toBe('http://localhost:3000');
    expect(preflight.headers['access-control-allow-headers']).toBe('authorization,content-type,x-colour');
    for (const origin of [
      'null',
      'https://evil-app.example.com',
      'https://app.example.com.evil.com',
      'http://localhost:30001',
    ]) {
      expect((await from(origin)).headers['access-control-allow-origin'] ?? '').toBe('');
    }
  });

  it('builds its services again after a failed cold start', async () => {
    let builds = 0;
    const flaky = createHttpHandler({
      build: async () => {
        builds += 1;
        if (builds === 1) throw new Error('no network yet');
        return {};
      },
      contracts: { read: { ...QUIET, path: '/', auth: 'none' } },
      operations: { read: async () => undefined },
    });
    expect((await callApi(flaky, { method: 'GET', path: '/' })).status).toBe(500);
    expect((await callApi(flaky, { method: 'GET', path: '/' })).status).toBe(204);
    expect((await callApi(flaky, { method: 'GET', path: '/' })).status).toBe(204);
    expect(builds).toBe(2);
  });
});

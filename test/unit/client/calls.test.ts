import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClient, FrameFlowError, memoryTokens } from '../../../client/index.ts';
import { nextStepOf } from '../../../client/next-steps.ts';
import { OPERATIONS } from '../../../client/operations.ts';
import { PROBLEM_CODES } from '../../../functions/contracts/problems.ts';
import { ROUTES } from '../../../functions/contracts/routes.ts';
import { empty, failureOf, fakeService, json, problem, type Reply } from './fake-service.ts';

const tokens = () => memoryTokens({ accessToken: 'a' });
const VIDEO = { fileName: 'a.mp4', sizeBytes: 1 };

describe('A call', () => {
  it('puts each field where its operation has it', async () => {
    const { client, received } = fakeService(() => json({}), { tokens: tokens() });
    await client.listFrames({ id: 'a/b', limit: 5, cursor: undefined });
    await client.updateProfile({ name: 'Ada' });
    await client.getHealth();
    expect(received.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['GET', '/videos/a%2Fb/frames?limit=5', undefined],
      ['PATCH', '/auth/me', { name: 'Ada' }],
      ['GET', '/health', undefined],
    ]);
    expect(received.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer a',
      'Bearer a',
      null,
    ]);
    expect(received.map(({ headers }) => headers.get('content-type'))).toEqual([
      null,
      'application/json',
      null,
    ]);
  });

  it.each(Object.entries(OPERATIONS))('%s reaches the route that the registry names', async (id, row) => {
    const { client, received } = fakeService(
      () => new Response(row[3] === 200 || row[3] === 201 ? '{}' : null, { status: row[3] }),
      { tokens: tokens() },
    );
    const call: (input: object) => Promise<unknown> = Reflect.get(client, id);
    await call(row[2].includes('{id}') ? { id: 'x' } : {});
    const { method, path } = new Map(Object.entries(ROUTES)).get(id) ?? { method: '', path: '' };
    expect(received.map((request) => [request.method, request.path])).toEqual([
      [method, path.replace('{id}', 'x')],
    ]);
  });

  it('exists for each operation of the registry', () => {
    const { client } = fakeService(() => json({}));
    expect(Object.keys(client).toSorted()).toEqual(
      [...Object.keys(ROUTES), 'session', 'transport'].toSorted(),
    );
  });

  it('asks for the JSON answer where there is a redirect too', async () => {
    const { client, received } = fakeService(() => json({ sizeBytes: 1 }), { tokens: tokens() });
    expect(await client.getDownload({ id: 'x' })).toEqual({ sizeBytes: 1 });
    expect(received[0]?.headers.get('accept')).toBe('application/json');
  });

  it('gives undefined for an empty answer', async () => {
    const { client } = fakeService(() => empty(202), { tokens: tokens() });
    expect(await client.deleteVideo({ id: 'x' })).toBeUndefined();
  });

  it('is not made by a client whose address is none', () => {
    expect(() => createClient({ baseUrl: 'somewhere' })).toThrow(TypeError);
  });
});

describe('A failure', () => {
  it('has all that the problem says', async () => {
    const errors = [{ path: 'email', message: 'is not valid' }];
    const body = { code: 'VALIDATION_FAILED', title: 'Validation failed', detail: 'Not valid.', errors };
    const { client } = fakeService(() => json(body, 400, { 'x-correlation-id': 'c-9' }));
    const error = await failureOf(client.register({ email: 'x', password: 'y' }));
    expect(error).toBeInstanceOf(FrameFlowError);
    expect(error).toMatchObject({
      ...{ code: 'VALIDATION_FAILED', status: 400, title: 'Validation failed', detail: 'Not valid.', errors },
      ...{ correlationId: 'c-9', operation: 'register', isTransient: false, isUncertain: false },
      message: 'register: Not valid. (400 VALIDATION_FAILED)',
    });
  });

  const strange: [string, () => Response, string][] = [
    ['a page instead of JSON', () => new Response('<html>', { status: 200 }), 'UNEXPECTED_ANSWER'],
    ['another status of success', () => json({}, 206), 'UNEXPECTED_ANSWER'],
    [
      'a redirect',
      () => new Response(null, { status: 302, headers: { location: '/x' } }),
      'UNEXPECTED_ANSWER',
    ],
    ['an error without a problem', () => new Response('no', { status: 418 }), 'UNEXPECTED_ANSWER'],
    ['JSON that is no problem', () => json({ message: 'Forbidden' }, 403), 'UNEXPECTED_ANSWER'],
    ['a code that is newer than the client', () => json({ code: 'NEW_CODE', title: 'New' }, 409), 'NEW_CODE'],
  ];
  it.each(strange)('of %s has a code', async (_what, answer, code) => {
    const { client } = fakeService(answer);
    expect(await failureOf(client.getHealth())).toMatchObject({ name: 'FrameFlowError', code });
  });

  it('has a next step, whatever its code', () => {
    for (const code of [...PROBLEM_CODES, 'UNREACHABLE', 'SESSION_ENDED'] as const)
      expect(nextStepOf({ code })).toMatch(/^[A-Z].*\.$/);
  });
});

describe('A call without an answer', () => {
  it('is repeated with growing, random pauses while there is patience', async () => {
    const { client, received, pauses } = fakeService(() => 'break', { patienceMilliseconds: 10_000 });
    expect(await failureOf(client.getHealth())).toMatchObject({
      code: 'UNREACHABLE',
      operation: 'getHealth',
      isUncertain: true,
      cause: new TypeError('fetch failed'),
    });
    expect(pauses).toEqual([125, 250, 500, 1000, 2000, 4000]);
    expect(received).toHaveLength(7);
  });

  it('is given up after its time limit, even by a connection that obeys no signal', async () => {
    const { client } = fakeService(() => 'silence');
    const call = client.getHealth({}, { timeoutMilliseconds: 10, patienceMilliseconds: 0 });
    expect(await failureOf(call)).toMatchObject({ code: 'TIMEOUT', isTransient: true });
  });

  it('is given up after its time limit where the body stops half-way', async () => {
    const half = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) });
    const { client } = fakeService(() => new Response(half));
    const call = client.getHealth({}, { timeoutMilliseconds: 10, patienceMilliseconds: 0 });
    expect(await failureOf(call)).toMatchObject({ code: 'TIMEOUT' });
  });

  it('that deleted a video is repeated, and 404 then means that it is deleted', async () => {
    const { client } = fakeService((_, number) => (number === 1 ? 'break' : problem('VIDEO_NOT_FOUND')), {
      tokens: tokens(),
    });
    expect(await client.deleteVideo({ id: 'x' })).toBeUndefined();
  });

  it('that registered says that EMAIL_TAKEN is uncertain then', async () => {
    const account = { email: 'a@example.com', password: 'long enough' };
    const { client } = fakeService((_, number) => (number === 1 ? 'break' : problem('EMAIL_TAKEN')));
    expect(await failureOf(client.register(account))).toMatchObject({
      code: 'EMAIL_TAKEN',
      isUncertain: true,
    });
    const other = fakeService(() => problem('EMAIL_TAKEN'));
    expect(await failureOf(other.client.register(account))).toMatchObject({ isUncertain: false });
  });

  it('never deletes by a 404 whose earlier tries were all answered', async () => {
    const { client } = fakeService(
      (_, number) => (number === 1 ? problem('TOO_MANY_REQUESTS') : problem('VIDEO_NOT_FOUND')),
      { tokens: tokens() },
    );
    expect(await failureOf(client.deleteVideo({ id: 'x' }))).toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  });
});

describe('A refusal that passes', () => {
  it.each([429, 503])('%i is repeated after the seconds that it asks for', async (status) => {
    const { client, pauses } = fakeService((_, number) =>
      number === 1 ? new Response('', { status, headers: { 'retry-after': '7' } }) : json({ status: 'ok' }),
    );
    expect(await client.getHealth()).toEqual({ status: 'ok' });
    expect(pauses).toEqual([7_125]);
  });

  it('is repeated at the moment that it asks for', async () => {
    const date = new Date(Date.UTC(2026, 0, 1, 0, 0, 20)).toUTCString();
    const { client, pauses } = fakeService((_, number) =>
      number === 1 ? problem('UNAVAILABLE', { 'retry-after': date }) : json({}),
    );
    await client.getHealth();
    expect(pauses).toEqual([20_125]);
  });

  it('goes to the caller where it asks for more time than there is', async () => {
    const { client, pauses } = fakeService(() => problem('TOO_MANY_REQUESTS', { 'retry-after': '3600' }));
    expect(await failureOf(client.getHealth())).toMatchObject({
      code: 'TOO_MANY_REQUESTS',
      retryAfterSeconds: 3600,
      isTransient: true,
    });
    expect(pauses).toEqual([]);
  });

  it('goes to the caller at once where it is the 429 of a login', async () => {
    const { client, received } = fakeService(() => problem('TOO_MANY_REQUESTS', { 'retry-after': '1' }));
    const login = client.login({ email: 'a@example.com', password: 'wrong' });
    expect(await failureOf(login)).toMatchObject({ code: 'TOO_MANY_REQUESTS', retryAfterSeconds: 1 });
    expect(received).toHaveLength(1);
  });

  it.each([400, 404, 409, 500])('is not seen in %i, which is not repeated', async (status) => {
    const { client, received } = fakeService(() => new Response('', { status }));
    await failureOf(client.getHealth());
    expect(received).toHaveLength(1);
  });
});

describe('An abort', () => {
  it('stays an AbortError, during a try and during a pause', async () => {
    const inTry = new AbortController();
    const { client } = fakeService(() => {
      inTry.abort();
      return 'silence';
    });
    expect(await failureOf(client.getHealth({}, { signal: inTry.signal }))).toMatchObject({
      name: 'AbortError',
    });

    const inPause = new AbortController();
    const paused = fakeService(() => 'break', {
      sleep: async (_, signal) => {
        inPause.abort();
        signal?.throwIfAborted();
      },
    });
    expect(await failureOf(paused.client.getHealth({}, { signal: inPause.signal }))).toMatchObject({
      name: 'AbortError',
    });
    expect(paused.received).toHaveLength(1);
  });

  it('gives the reason of the signal, and makes no call where it came before', async () => {
    const { client, received } = fakeService(() => json({}));
    const reason = new Error('enough');
    expect(await failureOf(client.getHealth({}, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(received).toEqual([]);
  });
});

/** Answers of a service that stores each creation once per key. */
const outcomes = fc.array(fc.constantFrom('break', 'lost', 'UNAVAILABLE', 'TOO_MANY_REQUESTS', 'stale'), {
  maxLength: 12,
});

describe('A creation', () => {
  it('happens at most once for one call, whatever gets lost', async () => {
    await fc.assert(
      fc.asyncProperty(outcomes, async (script) => {
        const created = new Set<string>();
        const steps = [...script];
        const answer = ({ path, headers }: { path: string; headers: Headers }): Reply => {
          if (path === '/auth/refresh') return json({ accessToken: 'b', refreshToken: 'r', expiresIn: 900 });
          const step = steps.shift();
          if (step === 'break') return 'break';
          if (step === 'stale') return problem('UNAUTHENTICATED');
          if (step === 'TOO_MANY_REQUESTS') return problem('TOO_MANY_REQUESTS');
          created.add(headers.get('idempotency-key') ?? '');
          if (step === 'lost') return 'break';
          return step === undefined ? json({ id: 'x' }, 201) : problem('UNAVAILABLE');
        };
        const { client } = fakeService(answer, {
          tokens: memoryTokens({ accessToken: 'a', refreshToken: 'r' }),
          patienceMilliseconds: 100_000,
        });
        await client.createVideo(VIDEO).catch(() => undefined);
        expect(created.size).toBeLessThanOrEqual(1);
        expect([...created]).not.toContain('');
      }),
    );
  });

  it('has a new key for each call, or the one that the caller gives', async () => {
    const { client, received } = fakeService(() => json({}, 201), { tokens: tokens() });
    await client.createVideo(VIDEO);
    await client.createVideo(VIDEO);
    await client.createVideo(VIDEO, { idempotencyKey: 'mine' });
    const keys = received.map(({ headers }) => headers.get('idempotency-key'));
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(keys).size).toBe(3);
    expect(keys[2]).toBe('mine');
  });
});

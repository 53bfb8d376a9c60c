import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryTokens, type TokenStore, type Tokens } from '../../../client/index.ts';
import {
  empty,
  failureOf,
  fakeService,
  json,
  pair,
  problem,
  type Received,
  type Reply,
} from './fake-service.ts';

const FIRST: Tokens = { accessToken: 'access-1', refreshToken: 'refresh-1' };
const FOREVER = Number.MAX_SAFE_INTEGER;

/** A service that rotates refresh tokens, as the real one does without its grace. */
const rotating = (refreshAnswers: Reply[] = []) => {
  let newest = 1;
  let concurrent = 0;
  let refreshes = 0;
  let most = 0;
  const answer = async ({ path, headers, body }: Received): Promise<Reply> => {
    if (path === '/auth/login') return json(pair(newest));
    if (path !== '/auth/refresh') {
      return headers.get('authorization') === `Bearer access-${newest}`
        ? json({})
        : problem('UNAUTHENTICATED');
    }
    concurrent += 1;
    refreshes += 1;
    most = Math.max(most, concurrent);
    await Promise.resolve();
    concurrent -= 1;
    const scripted = refreshAnswers.shift();
    if (scripted !== undefined) return scripted;
    if (JSON.stringify(body) !== JSON.stringify({ refreshToken: `refresh-${newest}` })) {
      return problem('INVALID_REFRESH_TOKEN');
    }
    newest += 1;
    return json(pair(newest));
  };
  return {
    answer,
    expire: () => {
      newest += 1;
    },
    get refreshes() {
      return refreshes;
    },
    get mostAtOnce() {
      return most;
    },
  };
};

const pathsOf = (received: readonly Received[]): string[] => received.map(({ path }) => path);

describe('A session', () => {
  it('starts with a login, whose tokens go into the store with their end', async () => {
    const tokens = memoryTokens();
    const { client, received, now } = fakeService(rotating().answer, { tokens });
    await client.login({ email: 'a@example.com', password: 'p' });
    expect(tokens.read()).toEqual({ ...FIRST, expiresAt: now() + 900_000 });
    await client.getProfile();
    expect(received.at(-1)?.headers.get('authorization')).toBe('Bearer access-1');
  });

  it('is asked for where there is none, without a call', async () => {
    const { client, received } = fakeService(() => json({}));
    expect(await failureOf(client.getProfile())).toMatchObject({ code: 'NOT_LOGGED_IN', status: undefined });
    expect(received).toEqual([]);
  });

  it('is renewed shortly before the access token expires', async () => {
    const { client, received, advance } = fakeService(rotating().answer, { tokens: memoryTokens() });
    await client.login({ email: 'a@example.com', password: 'p' });
    advance(869_000);
    await client.getProfile();
    advance(1_500);
    await client.getProfile();
    expect(pathsOf(received)).toEqual(['/auth/login', '/auth/me', '/auth/refresh', '/auth/me']);
  });

  it('is renewed after a 401, and the call is made again', async () => {
    const tokens = memoryTokens({ accessToken: 'stale', refreshToken: 'refresh-1' });
    const { client, received } = fakeService(rotating().answer, { tokens });
    await client.getProfile();
    expect(pathsOf(received)).toEqual(['/auth/me', '/auth/refresh', '/auth/me']);
    expect(tokens.read()).toMatchObject({ accessToken: 'access-2', refreshToken: 'refresh-2' });
  });

  it('gives the 401 to the caller where the new token is refused as well', async () => {
    const { client, received } = fakeService(
      ({ path }) => (path === '/auth/refresh' ? json(pair(2)) : problem('UNAUTHENTICATED')),
      { tokens: memoryTokens(FIRST) },
    );
    expect(await failureOf(client.getProfile())).toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
    expect(pathsOf(received)).toEqual(['/auth/me', '/auth/refresh', '/auth/me']);
  });

  it('repeats a refresh that got no answer with the same token', async () => {
    const service = rotating(['break', problem('UNAVAILABLE', { 'retry-after': '5' })]);
    const { client, received, pauses } = fakeService(service.answer, { tokens: memoryTokens(FIRST) });
    await client.session.renew();
    expect(received.map(({ body }) => body)).toEqual(Array(3).fill({ refreshToken: 'refresh-1' }));
    expect(pauses).toEqual([125, 5_250]);
  });

  it('is over once a refresh is refused, and the store is empty then', async () => {
    const tokens = memoryTokens({ accessToken: 'stale', refreshToken: 'used' });
    const { client } = fakeService(rotating().answer, { tokens });
    expect(await failureOf(client.getProfile())).toMatchObject({
      code: 'SESSION_ENDED',
      cause: { code: 'INVALID_REFRESH_TOKEN' },
    });
    expect(tokens.read()).toBeUndefined();
    expect(await failureOf(client.getProfile())).toMatchObject({ code: 'NOT_LOGGED_IN' });
  });

  it('is not over where a refresh only gets no answer', async () => {
    const tokens = memoryTokens({ accessToken: 'stale', refreshToken: 'refresh-1' });
    const { client } = fakeService(
      ({ path }) => (path === '/auth/refresh' ? 'break' : problem('UNAUTHENTICATED')),
      {
        tokens,
        patienceMilliseconds: 0,
      },
    );
    expect(await failureOf(client.getProfile())).toMatchObject({ code: 'UNREACHABLE', operation: 'refresh' });
    expect(tokens.read()).toEqual({ accessToken: 'stale', refreshToken: 'refresh-1' });
  });

  it('of an access token alone is over once that is refused', async () => {
    const tokens = memoryTokens({ accessToken: 'stale' });
    const { client } = fakeService(rotating().answer, { tokens });
    expect(await failureOf(client.getProfile())).toMatchObject({ code: 'SESSION_ENDED' });
  });

  it('ends by a logout, and without tokens even if that gets no answer', async () => {
    const tokens = memoryTokens(FIRST);
    const { client, received } = fakeService(() => empty(204), { tokens });
    await client.session.end();
    expect(received.map(({ path, body }) => [path, body])).toEqual([
      ['/auth/logout', { refreshToken: 'refresh-1' }],
    ]);
    expect(tokens.read()).toBeUndefined();

    const lonely = memoryTokens(FIRST);
    const away = fakeService(() => 'break', { tokens: lonely });
    expect(await failureOf(away.client.session.end())).toMatchObject({ code: 'UNREACHABLE' });
    expect(lonely.read()).toBeUndefined();
  });

  it('goes on renewing where a call that waits for it is aborted', async () => {
    const controller = new AbortController();
    const service = rotating();
    const tokens = memoryTokens({ accessToken: 'stale', refreshToken: 'refresh-1', expiresAt: 0 });
    const { client } = fakeService(
      async (request) => {
        if (request.path === '/auth/refresh') controller.abort();
        return service.answer(request);
      },
      { tokens },
    );
    const aborted = failureOf(client.getProfile({}, { signal: controller.signal }));
    const patient = client.getProfile();
    expect(await aborted).toMatchObject({ name: 'AbortError' });
    expect(await patient).toEqual({});
    expect(service.refreshes).toBe(1);
  });
});

describe('However many calls wait', () => {
  it('never more than one refresh is under way', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('call', 'renew'), { minLength: 2, maxLength: 20 }),
        fc.scheduler(),
        async (steps, scheduler) => {
          const service = rotating();
          const { client } = fakeService(scheduler.scheduleFunction(service.answer), {
            tokens: memoryTokens({ accessToken: 'stale', refreshToken: 'refresh-1' }),
          });
          const calls = steps.map((step) =>
            step === 'renew' ? client.session.renew() : client.getProfile(),
          );
          await scheduler.waitFor(Promise.allSettled(calls));
          expect(service.mostAtOnce).toBe(1);
        },
      ),
    );
  });

  it('an expired token takes one refresh for all of them', async () => {
    const service = rotating();
    service.expire();
    const tokens = memoryTokens({ accessToken: 'access-1', refreshToken: 'refresh-2', expiresAt: FOREVER });
    const { client } = fakeService(service.answer, { tokens });
    await Promise.all(Array.from({ length: 20 }, () => client.getProfile()));
    expect(service.refreshes).toBe(1);
  });
});

/** A store that another process changes at the moment of a read. */
const sharedStore = (
  reads: (Tokens | undefined)[],
): TokenStore & { readonly written: (Tokens | undefined)[] } => {
  const written: (Tokens | undefined)[] = [];
  let current = reads[0];
  return {
    written,
    read: async () => {
      if (reads.length > 0) current = reads.shift();
      return current;
    },
    write: async (tokens) => {
      written.push(tokens);
      current = tokens;
    },
  };
};

describe('Processes that share a store', () => {
  const theirs: Tokens = { accessToken: 'access-1', refreshToken: 'refresh-9' };
  const stale: Tokens = { accessToken: 'stale', refreshToken: 'refresh-1' };

  it('make no refresh where another one has renewed already', async () => {
    const tokens = sharedStore([stale, theirs]);
    const { client, received } = fakeService(rotating().answer, { tokens });
    await client.getProfile();
    expect(pathsOf(received)).toEqual(['/auth/me', '/auth/me']);
    expect(tokens.written).toEqual([]);
  });

  it('take the tokens of the other one where their own refresh token is refused', async () => {
    const used: Tokens = { accessToken: 'stale', refreshToken: 'used' };
    const tokens = sharedStore([used, used, theirs]);
    const { client } = fakeService(rotating().answer, { tokens });
    expect(await client.getProfile()).toEqual({});
    expect(tokens.written).toEqual([]);
  });

  it('leave what another one wrote while they refreshed', async () => {
    const login: Tokens = { accessToken: 'access-2', refreshToken: 'of another user' };
    const tokens = sharedStore([stale, stale, login]);
    const { client } = fakeService(rotating().answer, { tokens });
    await client.getProfile();
    expect(tokens.written).toEqual([]);
  });

  it('stay logged out where another one logged out while they refreshed', async () => {
    const tokens = sharedStore([stale, stale, undefined]);
    const { client } = fakeService(rotating().answer, { tokens });
    expect(await failureOf(client.getProfile())).toMatchObject({ code: 'NOT_LOGGED_IN' });
    expect(tokens.written).toEqual([]);
  });

  it('tell the caller what the store throws', async () => {
    const full = new Error('ENOSPC');
    const tokens: TokenStore = {
      read: () => stale,
      write: () => {
        throw full;
      },
    };
    const { client } = fakeService(rotating().answer, { tokens });
    expect(await failureOf(client.getProfile())).toBe(full);
  });
});

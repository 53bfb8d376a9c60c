import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REFRESH_GRACE_SECONDS } from '../../../functions/auth/core/sessions.ts';
import { TokenPair } from '../../../functions/contracts/http.ts';
import { type RunningAuth, startAuth } from '../../support/auth/running-auth.ts';

let auth: RunningAuth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

const refresh = (refreshToken: unknown) => auth.post('/auth/refresh', { refreshToken });
const refreshed = async (refreshToken: string): Promise<TokenPair> =>
  TokenPair.parse((await refresh(refreshToken)).body);
const invalid = [401, { code: 'INVALID_REFRESH_TOKEN' }];

describe('refreshing', () => {
  it('gives a new pair each time, for the same session', async () => {
    const { id, tokens } = await auth.newUser();
    const first = await refreshed(tokens.refreshToken);
    const second = await refreshed(first.refreshToken);
    expect(new Set([tokens, first, second].map((pair) => pair.refreshToken)).size).toBe(3);
    expect(await auth.authorize(second.accessToken)).toMatchObject({ principalId: id });
  });

  it('stores hashes only', async () => {
    const { tokens } = await auth.newUser();
    const { refreshToken } = await refreshed(tokens.refreshToken);
    const { rows } = await auth.pool.query('SELECT encode(hash, $1) AS hash FROM refresh_tokens', ['hex']);
    const hashes = rows.map((row) => row.hash);
    expect(hashes).toContain(createHash('sha256').update(refreshToken).digest('hex'));
    expect(JSON.stringify(rows)).not.toContain(refreshToken);
  });

  it('repeats the same successor for a client that lost the answer', async () => {
    const { id, tokens } = await auth.newUser();
    const lost = await refreshed(tokens.refreshToken);
    await auth.age(id, REFRESH_GRACE_SECONDS - 5);
    const repeated = await refreshed(tokens.refreshToken);
    expect(repeated.refreshToken).toBe(lost.refreshToken);
    expect((await refresh(repeated.refreshToken)).status).toBe(200);
  });

  it('gives 20 simultaneous refreshes the same successor, and ends no session', async () => {
    const { tokens } = await auth.newUser();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refreshed(tokens.refreshToken)));
    const successors = new Set(answers.map((answer) => answer.refreshToken));
    expect(successors.size).toBe(1);
    const [successor = ''] = successors;
    expect((await refresh(successor)).status).toBe(200);
  });

  it('ends the session when a used token comes back after the grace period', async () => {
    const { id, tokens } = await auth.newUser();
    const successor = await refreshed(tokens.refreshToken);
    await auth.age(id, REFRESH_GRACE_SECONDS + 1);
    const answer = await refresh(tokens.refreshToken);
    expect([answer.status, answer.body]).toMatchObject(invalid);
    expect((await refresh(successor.refreshToken)).status).toBe(401);
    await expect(auth.authorize(successor.accessToken)).rejects.toThrow(/^Unauthorized$/);
  });

  it('ends the session when a used token comes back after its successor was used', async () => {
    const { tokens } = await auth.newUser();
    const successor = await refreshed(tokens.refreshToken);
    const next = await refreshed(successor.refreshToken);
    expect((await refresh(tokens.refreshToken)).status).toBe(401);
    expect((await refresh(next.refreshToken)).status).toBe(401);
  });

  it('ends one session but not the other sessions of its user', async () => {
    const { id, email, tokens } = await auth.newUser();
    const other = await auth.post('/auth/login', { email, password: 'a quiet river at dawn' });
    await refreshed(tokens.refreshToken);
    await auth.age(id, REFRESH_GRACE_SECONDS + 1);
    expect((await refresh(tokens.refreshToken)).status).toBe(401);
    expect((await refresh(TokenPair.parse(other.body).refreshToken)).status).toBe(200);
  });

  it('ends the session 30 days after the login, however often it is refreshed', async () => {
    const { id, tokens } = await auth.newUser();
    await auth.age(id, 29 * 86_400);
    const late = await refreshed(tokens.refreshToken);
    await auth.age(id, 86_400 + 60);
    expect((await refresh(late.refreshToken)).status).toBe(401);
    await expect(auth.authorize(late.accessToken)).rejects.toThrow(/^Unauthorized$/);
  });

  it.each([
    ['unknown', 'A'.repeat(43), 401],
    ['too short', 'abc', 401],
    ['SQL', `' OR 1=1--`, 401],
    ['NUL', 'a\u0000b', 401],
    ['empty', '', 400],
    ['too long', 'A'.repeat(513), 400],
    ['a list', ['A'.repeat(43)], 400],
    ['missing', undefined, 400],
  ])('refuses a token that is %s', async (_what, token, status) => {
    expect((await refresh(token)).status).toBe(status);
  });

  it('refuses an access token in place of a refresh token', async () => {
    const { tokens } = await auth.newUser();
    const answer = await refresh(tokens.accessToken);
    expect([400, 401]).toContain(answer.status);
  });
});

describe('logging out', () => {
  it('ends the session at once, for refreshes and for the authorizer', async () => {
    const { tokens } = await auth.newUser();
    await expect(auth.authorize(tokens.accessToken)).resolves.toBeDefined();
    expect((await auth.post('/auth/logout', { refreshToken: tokens.refreshToken })).status).toBe(204);
    expect((await refresh(tokens.refreshToken)).status).toBe(401);
    await expect(auth.authorize(tokens.accessToken)).rejects.toThrow(/^Unauthorized$/);
  });

  it('ends the session with any token of the family, even during a refresh', async () => {
    const { tokens } = await auth.newUser();
    const [successor] = await Promise.all([
      refresh(tokens.refreshToken),
      auth.post('/auth/logout', { refreshToken: tokens.refreshToken }),
    ]);
    const { refreshToken } = Object(successor.body);
    if (successor.status === 200) expect((await refresh(refreshToken)).status).toBe(401);
    expect((await refresh(tokens.refreshToken)).status).toBe(401);
  });

  it('gives the same answer the second time and to tokens that were never issued', async () => {
    const { tokens } = await auth.newUser();
    for (const refreshToken of [tokens.refreshToken, tokens.refreshToken, 'A'.repeat(43), 'nonsense']) {
      const answer = await auth.post('/auth/logout', { refreshToken });
      expect([answer.status, answer.body]).toEqual([204, '']);
    }
  });
});

describe('a deleted user', () => {
  it('is refused by the authorizer, by refreshing and by the profile', async () => {
    const { id, tokens } = await auth.newUser();
    await auth.pool.query('DELETE FROM users WHERE id = $1', [id]);
    await expect(auth.authorize(tokens.accessToken)).rejects.toThrow(/^Unauthorized$/);
    expect((await refresh(tokens.refreshToken)).status).toBe(401);
    const profile = await auth.call({ method: 'GET', path: '/auth/me', userId: id });
    expect([profile.status, profile.body]).toMatchObject([401, { code: 'UNAUTHENTICATED' }]);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { TokenPair } from '../../../functions/contracts/http.ts';
import { type RunningAuth, startAuth } from '../../support/auth/running-auth.ts';
import { eventually } from '../../support/eventually.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';

let proxy: TcpProxy;
let auth: RunningAuth;
beforeAll(async () => {
  proxy = await startTcpProxy(inject('services').postgres);
  auth = await startAuth({ DATABASE_HOST: '127.0.0.1', DATABASE_PORT: String(proxy.port) });
});
beforeEach(() => {
  auth.skew.seconds = 0;
});
afterAll(async () => {
  await auth.close();
  await proxy.close();
});

const refresh = (refreshToken: string) => auth.post('/auth/refresh', { refreshToken });
const unavailable = { status: 503, body: { code: 'UNAVAILABLE' } };

describe('a refresh whose COMMIT succeeded but whose answer was lost', () => {
  it('keeps a client that waits for Retry-After logged in with the same token family', async () => {
    const { id, tokens } = await auth.newUser();
    const silent = proxy.silenceAfter('COMMIT');
    const told = await refresh(tokens.refreshToken);
    await silent;
    expect(told).toMatchObject(unavailable);
    await sleep(Number(told.headers['retry-after']) * 1000);
    const retried = await refresh(tokens.refreshToken);
    expect(retried.status).toBe(200);
    const next = TokenPair.parse(retried.body);
    expect(await auth.authorize(next.accessToken)).toMatchObject({ principalId: id });
    expect((await refresh(next.refreshToken)).status).toBe(200);
    const { rows } = await auth.pool.query(
      `SELECT count(*)::int AS tokens FROM refresh_tokens token
       JOIN sessions session ON session.id = token.session_id WHERE session.user_id = $1`,
      [id],
    );
    expect(rows).toEqual([{ tokens: 3 }]);
  });

  it('answers retries during a following outage with Retry-After, and the first one after it with tokens', async () => {
    const { tokens } = await auth.newUser();
    const lost = proxy.loseAnswerTo('COMMIT');
    expect(await refresh(tokens.refreshToken)).toMatchObject(unavailable);
    await lost;
    proxy.takeAway('stopped');
    for (let retry = 0; retry < 3; retry += 1) {
      expect(await refresh(tokens.refreshToken)).toMatchObject(unavailable);
    }
    proxy.bringBack();
    const { body } = await eventually('the database to be back', async () => {
      const answer = await refresh(tokens.refreshToken);
      return answer.status === 200 ? answer : undefined;
    });
    expect((await refresh(TokenPair.parse(body).refreshToken)).status).toBe(200);
  });

  it('is repeated by a machine with a clock ten minutes ahead', async () => {
    const { tokens } = await auth.newUser();
    const lost = proxy.loseAnswerTo('COMMIT');
    expect(await refresh(tokens.refreshToken)).toMatchObject(unavailable);
    await lost;
    auth.skew.seconds = 600;
    const retried = await refresh(tokens.refreshToken);
    expect(retried.status).toBe(200);
    auth.skew.seconds = 0;
    expect((await refresh(TokenPair.parse(retried.body).refreshToken)).status).toBe(200);
  });

  it('still revokes the family when the old token comes back after its successor was used', async () => {
    const { tokens } = await auth.newUser();
    const lost = proxy.loseAnswerTo('COMMIT');
    expect(await refresh(tokens.refreshToken)).toMatchObject(unavailable);
    await lost;
    const { refreshToken } = TokenPair.parse((await refresh(tokens.refreshToken)).body);
    const current = TokenPair.parse((await refresh(refreshToken)).body);
    expect((await refresh(tokens.refreshToken)).status).toBe(401);
    expect((await refresh(current.refreshToken)).status).toBe(401);
    await expect(auth.authorize(current.accessToken)).rejects.toThrow(/^Unauthorized$/);
  });
});

describe('a refresh whose COMMIT never reached the database', () => {
  it('rotates nothing, and its retry rotates the token', async () => {
    const { tokens } = await auth.newUser();
    const lost = proxy.loseRequest('COMMIT');
    expect(await refresh(tokens.refreshToken)).toMatchObject(unavailable);
    await lost;
    const retried = await refresh(tokens.refreshToken);
    expect(retried.status).toBe(200);
    expect((await refresh(TokenPair.parse(retried.body).refreshToken)).status).toBe(200);
  });
});

describe('a refresh while the signing keys cannot be read', () => {
  it('rotates nothing', async () => {
    const { id, tokens } = await auth.newUser();
    // The key ring reads its table again, because its cache is older than any test of this file.
    auth.skew.seconds = 3600;
    const lost = proxy.loseRequest('FROM signing_keys');
    expect(await refresh(tokens.refreshToken)).toMatchObject(unavailable);
    await lost;
    const { rows } = await auth.pool.query(
      `SELECT token.used_at FROM refresh_tokens token
       JOIN sessions session ON session.id = token.session_id WHERE session.user_id = $1`,
      [id],
    );
    expect(rows).toEqual([{ used_at: null }]);
    expect((await refresh(tokens.refreshToken)).status).toBe(200);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { TokenPair } from '../../../functions/contracts/http.ts';
import { newEmail, PASSWORD, type RunningAuth, startAuth } from '../../support/auth/running-auth.ts';
import { eventually } from '../../support/eventually.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';

let proxy: TcpProxy;
let auth: RunningAuth;
beforeAll(async () => {
  const { hostname: host, port } = new URL(inject('services').redisUrl);
  proxy = await startTcpProxy({ host, port: Number(port) });
  auth = await startAuth({ REDIS_URL: `redis://127.0.0.1:${proxy.port}` });
});
afterEach(() => proxy.bringBack());
afterAll(async () => {
  await auth.close();
  await proxy.close();
});

describe.each(['stopped', 'frozen'] as const)('while Redis is %s', (how) => {
  it('logins and registrations get 503 with Retry-After until Redis is back', async () => {
    const { email } = await auth.newUser();
    const stranger = { email: newEmail(), password: PASSWORD };
    proxy.takeAway(how);
    for (const [path, body] of [
      ['/auth/login', { email, password: 'not it' }],
      ['/auth/login', { email, password: PASSWORD }],
      ['/auth/register', stranger],
    ] as const) {
      const answer = await auth.post(path, body);
      expect(answer).toMatchObject({ status: 503, body: { code: 'UNAVAILABLE' } });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    proxy.bringBack();
    await eventually('a login to succeed', async () => {
      const { status } = await auth.post('/auth/login', { email, password: PASSWORD });
      return status === 200 ? true : undefined;
    });
    // The refused registration has created no account.
    expect((await auth.post('/auth/register', stranger)).status).toBe(201);
  });

  it('sessions can be refreshed and ended, and access tokens are accepted', async () => {
    const { tokens } = await eventually('a user', () => auth.newUser().catch(() => undefined));
    proxy.takeAway(how);
    const refreshed = await auth.post('/auth/refresh', { refreshToken: tokens.refreshToken });
    expect(refreshed.status).toBe(200);
    const { accessToken, refreshToken } = TokenPair.parse(refreshed.body);
    await expect(auth.authorize(accessToken)).resolves.toBeDefined();
    expect((await auth.post('/auth/logout', { refreshToken })).status).toBe(204);
  });
});

import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { login } from '../../../../functions/auth/core/login.ts';
import { TooManyRequestsError } from '../../../../functions/auth/core/throttling.ts';
import { UserId } from '../../../../functions/contracts/ids.ts';
import { UnavailableError } from '../../../../functions/shared/errors/app-error.ts';
import { TestClock } from '../../../support/auth/clock.ts';
import { FakeHasher, FakeSessions, FakeThrottle, FakeUsers } from '../../../support/auth/fakes.ts';

const PASSWORD = 'a quiet river at dawn';
const ADDRESS = '203.0.113.7';

const setUp = async () => {
  const services = {
    users: new FakeUsers(),
    sessions: new FakeSessions(),
    hasher: new FakeHasher(),
    throttle: new FakeThrottle(),
    refreshTokens: {
      first: () => ({ token: 'refresh-token', hash: 'refresh-hash' }),
      hashOf: (token: string) => (token === 'nonsense' ? undefined : `hash of ${token}`),
    },
    accessTokens: { prepare: async () => ({ sign: async () => 'access-token' }) },
    newSessionId: () => randomUUID(),
    now: new TestClock('2026-03-01T12:00:00.000Z').now,
  };
  const user = {
    id: UserId.parse(randomUUID()),
    email: 'ada@example.com',
    name: null,
    createdAt: services.now(),
  };
  await services.users.add(user, await services.hasher.hash(PASSWORD));
  return { services, user };
};

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('login', () => {
  it('starts a session that ends 30 days later', async () => {
    const { services, user } = await setUp();
    const pair = await login({ email: user.email, password: PASSWORD }, ADDRESS, services);
    expect(pair).toEqual({
      accessToken: 'access-token',
      refreshToken: 'refresh-token',
      tokenType: 'Bearer',
      expiresIn: 900,
    });
    expect(services.sessions.added).toMatchObject([
      { userId: user.id, expiresAt: new Date('2026-03-31T12:00:00.000Z') },
    ]);
    expect(services.throttle.outcomes).toEqual(['forgiven']);
  });

  it('gives an unknown user and a wrong password the same answer, after one hash each', async () => {
    const { services, user } = await setUp();
    const wrong = await failure(login({ email: user.email, password: 'not it' }, ADDRESS, services));
    const unknown = await failure(login({ email: 'eve@example.com', password: 'not it' }, ADDRESS, services));
    expect(wrong).toMatchObject({ code: 'INVALID_CREDENTIALS' });
    expect(unknown).toEqual(wrong);
    expect(services.hasher.verified.map(({ passwordHash }) => passwordHash)).toEqual([
      `v1:${PASSWORD}`,
      services.hasher.decoyHash,
    ]);
    expect(services.throttle.outcomes).toEqual(['counted', 'counted']);
  });

  it('refuses an unknown user whose password matches the decoy hash', async () => {
    const { services } = await setUp();
    const password = services.hasher.decoyHash;
    await expect(login({ email: 'eve@example.com', password }, ADDRESS, services)).rejects.toMatchObject({
      code: 'INVALID_CREDENTIALS',
    });
  });

  it('accepts a password in composed and decomposed Unicode', async () => {
    const { services, user } = await setUp();
    services.users.stored.length = 0;
    await services.users.add(user, await services.hasher.hash('café au lait'));
    await expect(
      login({ email: user.email, password: 'cafe\u0301 au lait' }, ADDRESS, services),
    ).resolves.toMatchObject({ tokenType: 'Bearer' });
  });

  it('hashes the password again only when the parameters have changed and the password is right', async () => {
    const { services, user } = await setUp();
    await login({ email: user.email, password: PASSWORD }, ADDRESS, services);
    expect(services.users.stored[0]?.passwordHash).toBe(`v1:${PASSWORD}`);
    services.hasher.version = 2;
    await failure(login({ email: user.email, password: 'not it' }, ADDRESS, services));
    expect(services.users.stored[0]?.passwordHash).toBe(`v1:${PASSWORD}`);
    await login({ email: user.email, password: PASSWORD }, ADDRESS, services);
    expect(services.users.stored[0]?.passwordHash).toBe(`v2:${PASSWORD}`);
  });

  it('is limited by its device alone when an old refresh token of the same account identifies it', async () => {
    const { services, user } = await setUp();
    services.sessions.devices.set('hash of old', { id: 'laptop', email: user.email });
    const logIn = (email: string, refreshToken: string) =>
      failure(login({ email, password: 'not it', refreshToken }, ADDRESS, services));
    await logIn(user.email, 'old');
    await logIn('eve@example.com', 'old');
    await logIn(user.email, 'unknown');
    await logIn(user.email, 'nonsense');
    const subjects = services.throttle.asked.map(({ meters }) => meters.map((meter) => meter.subject));
    expect(subjects[0]).toEqual([`${user.email} laptop`]);
    expect(subjects[1]).toContain(ADDRESS);
    expect(subjects[2]).toContain(ADDRESS);
    expect(subjects[3]).toContain(ADDRESS);
  });

  it('verifies no password once a limit is reached', async () => {
    const { services, user } = await setUp();
    services.throttle.refusal = new TooManyRequestsError(42);
    await expect(login({ email: user.email, password: PASSWORD }, ADDRESS, services)).rejects.toMatchObject({
      code: 'TOO_MANY_REQUESTS',
      retryAfterSeconds: 42,
    });
    expect(services.hasher.verified).toEqual([]);
  });

  it('verifies no password when attempts cannot be counted', async () => {
    const { services, user } = await setUp();
    services.throttle.refusal = new UnavailableError();
    await expect(login({ email: user.email, password: PASSWORD }, ADDRESS, services)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryAfterSeconds: expect.any(Number),
    });
    expect(services.hasher.verified).toEqual([]);
  });

  it('starts no session when it cannot sign an access token', async () => {
    const { services, user } = await setUp();
    services.accessTokens.prepare = () => Promise.reject(new Error('no signing key'));
    await expect(login({ email: user.email, password: PASSWORD }, ADDRESS, services)).rejects.toThrow(
      'no signing key',
    );
    expect(services.sessions.added).toEqual([]);
  });

  it('does not count an attempt that fails because of an outage', async () => {
    const { services, user } = await setUp();
    services.users.findByEmail = () => Promise.reject(new Error('the database is down'));
    await expect(login({ email: user.email, password: PASSWORD }, ADDRESS, services)).rejects.toThrow('down');
    expect(services.throttle.outcomes).toEqual(['abandoned']);
  });
});

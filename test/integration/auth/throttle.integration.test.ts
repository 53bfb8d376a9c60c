import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { RedisThrottle } from '../../../functions/auth/adapters/redis-throttle.ts';
import type { Limit } from '../../../functions/auth/core/throttling.ts';
import { createRedis } from '../../../functions/shared/redis/client.ts';
import { eventually } from '../../support/eventually.ts';
import { connectRedis } from '../../support/services.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';

let redis: Redis;
let throttle: RedisThrottle;
beforeAll(() => {
  redis = connectRedis();
  throttle = new RedisThrottle(redis);
});
afterAll(() => redis.quit());

const limit = (changes: Partial<Limit> = {}): Limit => ({
  name: 'test',
  subject: randomUUID(),
  max: 3,
  windowSeconds: 60,
  ...changes,
});
const attempt = async (limits: Limit[], outcome: 'counted' | 'forgiven' | 'abandoned') =>
  (await throttle.admit(limits)).settle(outcome);
const tooMany = { code: 'TOO_MANY_REQUESTS' };

describe('RedisThrottle', () => {
  it('refuses once so many were counted, and says for how long', async () => {
    const limits = [limit()];
    for (let n = 0; n < 3; n += 1) await attempt(limits, 'counted');
    const refused = await throttle.admit(limits).catch((error: unknown) => error);
    expect(refused).toMatchObject({ ...tooMany, retryAfterSeconds: expect.any(Number) });
    expect(Object(refused).retryAfterSeconds).toBeGreaterThan(0);
    expect(Object(refused).retryAfterSeconds).toBeLessThanOrEqual(60);
  });

  it('lets through again when the window is over', async () => {
    const limits = [limit({ max: 1, windowSeconds: 1 })];
    await attempt(limits, 'counted');
    await expect(throttle.admit(limits)).rejects.toMatchObject(tooMany);
    await expect
      .poll(
        () =>
          attempt(limits, 'forgiven').then(
            () => 'admitted',
            () => 'refused',
          ),
        { timeout: 10_000 },
      )
      .toBe('admitted');
  });

  it('counts neither what was forgiven nor what was abandoned', async () => {
    const limits = [limit({ max: 1 })];
    for (let n = 0; n < 5; n += 1) await attempt(limits, n % 2 ? 'forgiven' : 'abandoned');
    await expect(attempt(limits, 'counted')).resolves.toBeUndefined();
  });

  it('wipes by forgiveness only the limits that say so', async () => {
    const [wiped, kept] = [limit({ clearedByForgiveness: true }), limit()];
    await attempt([wiped, kept], 'counted');
    await attempt([wiped, kept], 'counted');
    await attempt([wiped, kept], 'forgiven');
    await attempt([wiped], 'counted');
    await attempt([wiped], 'counted');
    await attempt([kept], 'counted');
    await expect(throttle.admit([kept])).rejects.toMatchObject(tooMany);
    await expect(attempt([wiped], 'abandoned')).resolves.toBeUndefined();
  });

  it('waives a limit where an earlier success set its mark', async () => {
    const subject = randomUUID();
    const from = (address: string) =>
      limit({
        subject,
        waivedBy: { name: 'test-known', subject: `${subject} ${address}`, lifetimeSeconds: 60 },
      });
    await attempt([from('home')], 'forgiven');
    for (let n = 0; n < 3; n += 1) await attempt([from('elsewhere')], 'counted');
    await expect(throttle.admit([from('elsewhere')])).rejects.toMatchObject(tooMany);
    await expect(attempt([from('home')], 'forgiven')).resolves.toBeUndefined();
  });

  it('holds attempts under way against the limit, and lets the next wait for them', async () => {
    const limits = [limit({ max: 2 })];
    const [first, second] = [await throttle.admit(limits), await throttle.admit(limits)];
    let third = 'waiting';
    const waiting = attempt(limits, 'counted').then(() => {
      third = 'admitted';
    });
    await attempt([limit()], 'abandoned');
    expect(third).toBe('waiting');
    await first.settle('forgiven');
    await waiting;
    await second.settle('counted');
    await expect(throttle.admit(limits)).rejects.toMatchObject(tooMany);
  });

  it('admits no more than the limit of 50 that fail at once', async () => {
    const limits = [limit({ max: 7 })];
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => attempt(limits, 'counted')));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(7);
  });

  it('shows neither emails nor addresses in its keys, and every key expires', async () => {
    const subject = `${randomUUID()}@example.com 203.0.113.7`;
    const marked = limit({ subject, waivedBy: { name: 'test-known', subject, lifetimeSeconds: 60 } });
    await attempt([marked], 'counted');
    await attempt([marked], 'forgiven');
    await throttle.admit([marked]);
    const keys = await redis.keys('throttle:test*');
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.join()).not.toContain('example.com');
    for (const key of keys) expect(await redis.pttl(key)).not.toBe(-1);
  });

  describe.each(['stopped', 'frozen'] as const)('while Redis is %s', (how) => {
    let proxy: TcpProxy;
    let connection: Redis;
    beforeEach(async () => {
      const { hostname: host, port } = new URL(inject('services').redisUrl);
      proxy = await startTcpProxy({ host, port: Number(port) });
      connection = await createRedis({ REDIS_URL: `redis://127.0.0.1:${proxy.port}`, REDIS_AUTH: 'none' });
    });
    afterEach(async () => {
      connection.disconnect();
      await proxy.close();
    });
    const admitted = (limits: Limit[]) =>
      eventually('attempts to be admitted again', () =>
        new RedisThrottle(connection).admit(limits).catch(() => undefined),
      );

    it('lets nothing through, and counts again by itself once it is back', async () => {
      const interrupted = new RedisThrottle(connection);
      const limits = [limit({ max: 2 })];
      await attempt([limit()], 'counted');
      const before = await interrupted.admit(limits);
      proxy.takeAway(how);
      for (let n = 0; n < 3; n += 1)
        await expect(interrupted.admit([limit()])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      proxy.bringBack();
      await before.settle('counted');
      await (await admitted(limits)).settle('counted');
      await expect(interrupted.admit(limits)).rejects.toMatchObject(tooMany);
    });

    it('ends an attempt that was under way without a word', async () => {
      const interrupted = await new RedisThrottle(connection).admit([limit()]);
      proxy.takeAway(how);
      await expect(interrupted.settle('counted')).resolves.toBeUndefined();
    });
  });
});

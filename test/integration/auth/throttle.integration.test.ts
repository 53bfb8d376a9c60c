import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { RedisThrottle } from '../../../functions/auth/adapters/redis-throttle.ts';
import type {
  AttemptOutcome,
  Ladder,
  Meter,
  ThrottleRules,
} from '../../../functions/auth/core/throttling.ts';
import { createRedis } from '../../../functions/shared/redis/client.ts';
import { TestClock } from '../../support/auth/clock.ts';
import { eventually } from '../../support/eventually.ts';
import { connectRedis } from '../../support/services.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';

let redis: Redis;
let clock: TestClock;
let throttle: RedisThrottle;
beforeAll(() => {
  redis = connectRedis();
});
beforeEach(() => {
  clock = new TestClock();
  throttle = new RedisThrottle(redis, () => clock.now().getTime());
});
afterAll(() => redis.quit());

const ladder = (changes: Partial<Ladder> = {}): Ladder => ({ free: 3, delaysSeconds: [60], ...changes });
const meter = (changes: Partial<Meter> = {}): Meter => ({
  name: 'test',
  subject: randomUUID(),
  leakSeconds: 3600,
  ladders: { known: ladder(), calm: ladder(), pressed: ladder() },
  ...changes,
});
const everywhere = (steps: Ladder) => ({ known: steps, calm: steps, pressed: steps });
/** One meter with this ladder in every standing. */
const rules = (changes: Partial<Ladder> = {}): ThrottleRules => ({
  meters: [meter({ ladders: everywhere(ladder(changes)) })],
});
const attempt = async (attempted: ThrottleRules, outcome: AttemptOutcome) =>
  (await throttle.admit(attempted)).settle(outcome);
const fail = async (attempted: ThrottleRules, times: number) => {
  for (let n = 0; n < times; n += 1) await attempt(attempted, 'counted');
};
const tooMany = { code: 'TOO_MANY_REQUESTS' };
/** Seconds to wait for the next attempt; 0 if it is admitted. */
const waitFor = (attempted: ThrottleRules): Promise<number> =>
  attempt(attempted, 'abandoned').then(
    () => 0,
    (error: unknown) => Object(error).retryAfterSeconds,
  );

describe('RedisThrottle', () => {
  it('delays each attempt after the free ones longer than the previous one, and repeats the last delay', async () => {
    const limited = rules({ free: 2, delaysSeconds: [5, 30, 300] });
    const waits: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      const wait = await waitFor(limited);
      waits.push(wait);
      clock.advance(wait);
      await attempt(limited, 'counted');
    }
    expect(waits).toEqual([0, 0, 5, 30, 300, 300, 300]);
  });

  it('refuses until the end of the delay, which a refusal does not extend', async () => {
    const limited = rules({ free: 1, delaysSeconds: [60] });
    await fail(limited, 1);
    expect(await waitFor(limited)).toBe(60);
    clock.advance(59.5);
    expect(await waitFor(limited)).toBe(1);
    clock.advance(0.5);
    expect(await waitFor(limited)).toBe(0);
  });

  it('forgets one failure per leak, and gives the wait until the leak ends a delay', async () => {
    const limited = {
      meters: [meter({ leakSeconds: 100, ladders: { calm: ladder({ free: 2, delaysSeconds: [900] }) } })],
    };
    await fail(limited, 1);
    clock.advance(30);
    await fail(limited, 1);
    expect(await waitFor(limited)).toBe(70);
    clock.advance(70);
    await fail(limited, 1);
    expect(await waitFor(limited)).toBe(100);
    clock.advance(1_000);
    await fail(limited, 2);
  });

  it('counts neither forgiven nor abandoned attempts', async () => {
    const limited = rules({ free: 1 });
    for (let n = 0; n < 5; n += 1) await attempt(limited, n % 2 ? 'forgiven' : 'abandoned');
    await expect(attempt(limited, 'counted')).resolves.toBeUndefined();
  });

  it('clears only the meters with clearedBySuccess after a right attempt', async () => {
    const [cleared, kept] = [meter({ clearedBySuccess: true }), meter()];
    await fail({ meters: [cleared, kept] }, 2);
    await attempt({ meters: [cleared, kept] }, 'forgiven');
    await fail({ meters: [cleared] }, 2);
    await fail({ meters: [kept] }, 1);
    expect(await waitFor({ meters: [kept] })).toBe(60);
    expect(await waitFor({ meters: [cleared] })).toBe(0);
  });

  it('applies the longest of several delays', async () => {
    const [short, long] = [
      meter({ ladders: everywhere(ladder({ free: 1, delaysSeconds: [10] })) }),
      meter({ ladders: everywhere(ladder({ free: 1, delaysSeconds: [20] })) }),
    ];
    await fail({ meters: [short, long] }, 1);
    expect(await waitFor({ meters: [short, long] })).toBe(20);
    expect(await waitFor({ meters: [short] })).toBe(10);
  });

  it('recognises an attempt by the mark of an earlier right one, and applies the ladders of that standing', async () => {
    const account = randomUUID();
    const shared = meter({ ladders: { calm: ladder() } });
    const from = (address: string): ThrottleRules => ({
      meters: [shared],
      mark: { name: 'test-known', subject: `${account} ${address}`, lifetimeSeconds: 60 },
    });
    await attempt(from('home'), 'forgiven');
    await fail(from('elsewhere'), 3);
    expect(await waitFor(from('elsewhere'))).toBe(60);
    expect(await waitFor(from('home'))).toBe(0);
    await fail(from('home'), 5);
  });

  it('is pressed after many recent failures of unknown attempts, and becomes calm again with time', async () => {
    const pressure = { name: 'test-pressure', subject: randomUUID(), leakSeconds: 100, threshold: 4 };
    const ladders = {
      known: ladder({ free: 9 }),
      calm: ladder({ free: 3 }),
      pressed: ladder({ free: 1, delaysSeconds: [5] }),
    };
    const from = (subject: string): ThrottleRules => ({
      meters: [meter({ subject, ladders })],
      pressure,
      mark: { name: 'test-known', subject, lifetimeSeconds: 60 },
    });
    const [home, hotel] = [randomUUID(), randomUUID()];
    await attempt(from(home), 'forgiven');
    await fail(from(home), 5);
    await fail(from(hotel), 1);
    expect(await waitFor(from(hotel))).toBe(0);
    for (let n = 0; n < 20; n += 1) await fail(from(randomUUID()), 1);
    expect(await waitFor(from(hotel))).toBe(5);
    expect(await waitFor(from(home))).toBe(0);
    expect(await waitFor(from(randomUUID()))).toBe(0);
    // The count is limited to twice the threshold, so the pressure ends soon after any number of attempts.
    clock.advance(600);
    const cafe = from(randomUUID());
    await fail(cafe, 1);
    expect(await waitFor(cafe)).toBe(0);
  });

  it('counts attempts under way, and makes the next attempt wait for them', async () => {
    const limited = rules({ free: 2 });
    const [first, second] = [await throttle.admit(limited), await throttle.admit(limited)];
    let third = 'waiting';
    const waiting = attempt(limited, 'counted').then(() => {
      third = 'admitted';
    });
    await attempt(rules(), 'abandoned');
    expect(third).toBe('waiting');
    await first.settle('forgiven');
    await waiting;
    await second.settle('counted');
    await expect(throttle.admit(limited)).rejects.toMatchObject(tooMany);
  });

  it('forgets an attempt whose process crashed', async () => {
    const limited = rules({ free: 1 });
    await throttle.admit(limited);
    clock.advance(31);
    expect(await waitFor(limited)).toBe(0);
  });

  it('admits as many of 50 simultaneous failures as in sequence', async () => {
    const limited = rules({ free: 7 });
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => attempt(limited, 'counted')));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(7);
  });

  it('uses the clock of Redis by default', async () => {
    const limited = rules({ free: 1, delaysSeconds: [1] });
    const byRedis = new RedisThrottle(redis);
    await (await byRedis.admit(limited)).settle('counted');
    await expect(byRedis.admit(limited)).rejects.toMatchObject({ ...tooMany, retryAfterSeconds: 1 });
    await eventually('the delay to end', () => byRedis.admit(limited).catch(() => undefined));
  });

  it('has neither emails nor addresses in its keys, and every key expires', async () => {
    const subject = `${randomUUID()}@example.com 203.0.113.7`;
    const marked: ThrottleRules = {
      meters: [meter({ subject })],
      pressure: { name: 'test-pressure', subject, leakSeconds: 60, threshold: 5 },
      mark: { name: 'test-known', subject, lifetimeSeconds: 60 },
    };
    await attempt(marked, 'counted');
    await attempt(marked, 'forgiven');
    await throttle.admit(marked);
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
    const admitted = (rules: ThrottleRules) =>
      eventually('attempts to be admitted again', () =>
        new RedisThrottle(connection).admit(rules).catch(() => undefined),
      );

    it('admits nothing, and counts again once Redis is back', async () => {
      const interrupted = new RedisThrottle(connection);
      const limited = rules({ free: 2 });
      await attempt(rules(), 'counted');
      const before = await interrupted.admit(limited);
      proxy.takeAway(how);
      for (let n = 0; n < 3; n += 1)
        await expect(interrupted.admit(rules())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      proxy.bringBack();
      await before.settle('counted');
      await (await admitted(limited)).settle('counted');
      await expect(interrupted.admit(limited)).rejects.toMatchObject(tooMany);
    });

    it('settles an attempt under way without an error', async () => {
      const interrupted = await new RedisThrottle(connection).admit(rules());
      proxy.takeAway(how);
      await expect(interrupted.settle('counted')).resolves.toBeUndefined();
    });
  });
});

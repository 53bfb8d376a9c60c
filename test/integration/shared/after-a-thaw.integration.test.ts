import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { databaseRole } from '../../../functions/contracts/database.ts';
import { DatabaseEnv } from '../../../functions/shared/config/schemas.ts';
import { createPool } from '../../../functions/shared/database/pool.ts';
import { withTransaction } from '../../../functions/shared/database/transaction.ts';
import { createRedis } from '../../../functions/shared/redis/client.ts';
import { required } from '../../../functions/shared/redis/required.ts';
import { eventually } from '../../support/eventually.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';

/** Longer than the maximum idle time of a connection, in milliseconds. */
const LONG = 61_000;
const SHORT = 59_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

/** A wall clock that advances without the timers, as in a frozen sandbox. */
const startClock = () => {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    passes: (milliseconds: number) => {
      ahead += milliseconds;
    },
  };
};

const poolBehind = async (): Promise<{
  proxy: TcpProxy;
  pool: pg.Pool;
  clock: ReturnType<typeof startClock>;
}> => {
  const proxy = await startTcpProxy(inject('services').postgres);
  undo.push(() => proxy.close());
  const clock = startClock();
  const address = { DATABASE_HOST: '127.0.0.1', DATABASE_PORT: String(proxy.port) };
  const pool = createPool(DatabaseEnv.parse({ ...database.envOf('upload', 'http'), ...address }), clock.now);
  undo.push(() => pool.end());
  return { proxy, pool, clock };
};

describe('The first statement after a thaw', () => {
  it('uses a new connection when the old one has silently died', async () => {
    const { proxy, pool, clock } = await poolBehind();
    await pool.query('SELECT 1');
    proxy.silence();
    clock.passes(LONG);
    const { rows } = await pool.query('SELECT current_user AS role');
    expect(rows).toEqual([{ role: databaseRole('upload', 'http') }]);
    expect([proxy.connections, pool.totalCount]).toEqual([2, 1]);
  });

  it('uses a new connection in a transaction, too', async () => {
    const { proxy, pool, clock } = await poolBehind();
    await pool.query('SELECT 1');
    proxy.silence();
    clock.passes(LONG);
    await withTransaction(pool, (tx) => tx.query('SELECT 1'));
    expect(proxy.connections).toBe(2);
  });

  it('uses the same connection when less time has passed', async () => {
    const { proxy, pool, clock } = await poolBehind();
    await pool.query('SELECT 1');
    clock.passes(SHORT);
    await pool.query('SELECT 1');
    expect(proxy.connections).toBe(1);
  });

  it('uses a new connection when the clock was set back', async () => {
    const { proxy, pool, clock } = await poolBehind();
    await pool.query('SELECT 1');
    clock.passes(-SHORT);
    await pool.query('SELECT 1');
    expect(proxy.connections).toBe(2);
  });

  it('uses a new connection after the server has ended the session', async () => {
    const { proxy, pool } = await poolBehind();
    await pool.query(`SET idle_session_timeout = '50ms'`);
    await eventually('the session to be ended', () => (pool.totalCount === 0 ? true : undefined));
    await pool.query('SELECT 1');
    expect(proxy.connections).toBe(2);
  });
});

describe('A BEGIN', () => {
  it('is retried once when the connection turns out to be dead', async () => {
    const { proxy, pool } = await poolBehind();
    await pool.query('SELECT 1');
    const lost = proxy.loseRequest('BEGIN');
    expect(await withTransaction(pool, async (tx) => (await tx.query('SELECT 1 AS one')).rows)).toEqual([
      { one: 1 },
    ]);
    await lost;
    expect([proxy.connections, pool.totalCount]).toEqual([2, 1]);
  });

  it('does not wait long for a silent connection', async () => {
    const { proxy, pool } = await poolBehind();
    await pool.query('SELECT 1');
    proxy.silence();
    await withTransaction(pool, (tx) => tx.query('SELECT 1'));
    expect(proxy.connections).toBe(2);
  });

  it('fails when the retry fails as well, and leaves no connection in use', async () => {
    const { proxy, pool } = await poolBehind();
    await pool.query('SELECT 1');
    proxy.takeAway('stopped');
    await expect(withTransaction(pool, (tx) => tx.query('SELECT 1'))).rejects.toThrow();
    proxy.bringBack();
    await withTransaction(pool, (tx) => tx.query('SELECT 1'));
    expect(pool.totalCount).toBe(1);
  });
});

describe('The first command to Redis after a thaw', () => {
  const redisBehind = async () => {
    const { hostname: host, port } = new URL(inject('services').redisUrl);
    const proxy = await startTcpProxy({ host, port: Number(port) });
    undo.push(() => proxy.close());
    const clock = startClock();
    const env = { REDIS_URL: `redis://127.0.0.1:${proxy.port}`, REDIS_AUTH: 'none' } as const;
    const redis = await createRedis(env, clock.now);
    undo.push(() => redis.disconnect());
    await redis.ping();
    return { proxy, redis, clock };
  };

  it('uses a new connection when the old one has silently died', async () => {
    const { proxy, redis, clock } = await redisBehind();
    proxy.silence();
    clock.passes(LONG);
    expect(await redis.ping()).toBe('PONG');
    expect(proxy.connections).toBe(2);
  });

  it('uses one new connection for all simultaneous commands, a pipeline included', async () => {
    const { proxy, redis, clock } = await redisBehind();
    proxy.silence();
    clock.passes(LONG);
    const replies = await Promise.all([redis.ping(), redis.pipeline().ping().ping().exec(), redis.ping()]);
    expect(replies).toEqual([
      'PONG',
      [
        [null, 'PONG'],
        [null, 'PONG'],
      ],
      'PONG',
    ]);
    expect(proxy.connections).toBe(2);
  });

  it('is sent only on the new connection when the answer depends on it', async () => {
    const { proxy, redis, clock } = await redisBehind();
    proxy.silence();
    clock.passes(LONG);
    const sentAt: string[] = [];
    const reply = required(redis, () => {
      sentAt.push(redis.status);
      return redis.ping();
    });
    expect(await reply).toBe('PONG');
    expect(sentAt).toEqual(['ready']);
    expect(proxy.connections).toBe(2);
  });

  it('uses the same connection when less time has passed', async () => {
    const { proxy, redis, clock } = await redisBehind();
    clock.passes(SHORT);
    await redis.ping();
    clock.passes(SHORT);
    await redis.ping();
    expect(proxy.connections).toBe(1);
  });
});

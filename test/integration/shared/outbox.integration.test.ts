import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { relayedKey, SAGA_EVENTS_CHANNEL } from '../../../functions/contracts/channel.ts';
import { OUTBOX_CONTEXTS } from '../../../functions/contracts/database.ts';
import { SagaEvent } from '../../../functions/contracts/events.ts';
import { newEventId } from '../../../functions/shared/events/event-stamps.ts';
import { consumeOnce } from '../../../functions/shared/inbox/consume-once.ts';
import { logger } from '../../../functions/shared/logging/logger.ts';
import { sweepOutbox } from '../../../functions/shared/outbox/sweep-outbox.ts';
import { TransactionalOutbox } from '../../../functions/shared/outbox/transactional-outbox.ts';
import { someEvent, someOrigin, someSource } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { connectRedis, createTestDatabase, type TestDatabase } from '../../support/services.ts';

describe('the outbox', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let redis: Redis;
  let subscriber: Redis;
  const heard: SagaEvent[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = database.poolOf('upload');
    redis = connectRedis();
    subscriber = connectRedis();
    subscriber.on('message', (_channel, message) => heard.push(SagaEvent.parse(JSON.parse(message))));
    await subscriber.subscribe(SAGA_EVENTS_CHANNEL);
  });
  afterAll(async () => {
    subscriber.disconnect();
    redis.disconnect();
    await database.close();
  });
  beforeEach(() => pool.query('DELETE FROM outbox'));

  const hearings = (event: SagaEvent) => heard.filter((other) => other.id === event.id).length;
  const openRows = async () =>
    (await pool.query('SELECT event_id FROM outbox WHERE closed_at IS NULL')).rowCount;
  const age = () => pool.query("UPDATE outbox SET published_at = now() - interval '6 seconds'");

  it('publishes an event once its transaction has committed', async () => {
    const event = someEvent('FILE_UPLOADED', someSource());
    await new TransactionalOutbox(pool, redis).run(async ({ emit }) => emit(event));
    await eventually('the event', () => hearings(event) || undefined);
    expect(await openRows()).toBe(1);
  });

  it('publishes nothing and stores nothing when the transaction fails', async () => {
    const event = someEvent('FILE_UPLOADED', someSource());
    const outbox = new TransactionalOutbox(pool, redis);
    await expect(
      outbox.run(async ({ tx, emit }) => {
        emit(event);
        await tx.query('SELECT 1 / 0');
      }),
    ).rejects.toThrow('division by zero');
    expect(await openRows()).toBe(0);
    expect(hearings(event)).toBe(0);
  });

  it('keeps the event while Redis is down, and the sweeper publishes it later', async () => {
    const broken = connectRedis();
    broken.disconnect();
    const event = someEvent('FILE_UPLOADED', someSource());
    await new TransactionalOutbox(pool, broken).run(async ({ emit }) => emit(event));
    expect(hearings(event)).toBe(0);
    await age();
    expect(await sweepOutbox(pool, redis, 'upload')).toEqual({ closed: 0, republished: 1, setAside: 0 });
    await eventually('the event', () => hearings(event) || undefined);
  });

  it('leaves recent rows to the fast path', async () => {
    await new TransactionalOutbox(pool, redis).run(async ({ emit }) =>
      emit(someEvent('FILE_UPLOADED', someSource())),
    );
    expect(await sweepOutbox(pool, redis, 'upload')).toEqual({ closed: 0, republished: 0, setAside: 0 });
  });

  it('closes events that the relay has acknowledged, and does not republish them', async () => {
    const event = someEvent('FILE_UPLOADED', someSource());
    await new TransactionalOutbox(pool, redis).run(async ({ emit }) => emit(event));
    await redis.set(relayedKey(event.id), '1', 'EX', 60);
    await age();
    expect(await sweepOutbox(pool, redis, 'upload')).toEqual({ closed: 1, republished: 0, setAside: 0 });
    expect(await openRows()).toBe(0);
    expect(await sweepOutbox(pool, redis, 'upload')).toEqual({ closed: 0, republished: 0, setAside: 0 });
  });

  it('handles a backlog of any size in one run, each event once', async () => {
    const events = Array.from({ length: 450 }, () => someEvent('FILE_UPLOADED', someSource()));
    for (const event of events) {
      await pool.query('INSERT INTO outbox (event_id, saga_id, event) VALUES ($1, $2, $3)', [
        event.id,
        event.sagaId,
        event,
      ]);
    }
    const acknowledged = events.slice(0, 200);
    await redis.mset(acknowledged.flatMap((event) => [relayedKey(event.id), '1']));
    await age();
    expect(await sweepOutbox(pool, redis, 'upload')).toEqual({ closed: 200, republished: 250, setAside: 0 });
    const last = events.at(-1);
    await eventually('the last event', () => (last && hearings(last)) || undefined);
    expect(events.filter((event) => hearings(event) > 1)).toEqual([]);
  });

  describe('with unreadable rows', () => {
    /** Rows that a newer version of the code, or a mistake, may have stored. */
    const unreadable = (): { id: string; event: Record<string, unknown> }[] => {
      const event = someEvent('FILE_UPLOADED', someSource());
      const [eaten, other] = [someEvent('FILE_DELETED', {}), someEvent('FILE_DELETED', {})];
      return [
        { id: event.id, event: { ...event, version: 2 } },
        { id: eaten.id, event: { ...eaten, type: 'FILE_EATEN' } },
        { id: randomUUID(), event: {} },
        { id: newEventId(), event: other },
      ];
    };
    const store = async (...rows: { id: string; event: unknown }[]) => {
      for (const { id, event } of rows) {
        await pool.query('INSERT INTO outbox (event_id, saga_id, event) VALUES ($1, $2, $3)', [
          id,
          someOrigin().sagaId,
          event,
        ]);
      }
    };
    const waitAnHour = () =>
      pool.query(`UPDATE outbox SET set_aside_at = set_aside_at - interval '61 minutes'`);
    const sweep = () => sweepOutbox(pool, redis, 'upload');

    it('sets them aside, with a count for the alarm, and publishes the others', async () => {
      const metrics = vi.spyOn(logger, 'info');
      const bad = unreadable();
      const good = someEvent('FILE_UPLOADED', someSource());
      await store(...bad, { id: good.id, event: good });
      await age();
      expect(await sweep()).toEqual({ closed: 0, republished: 1, setAside: bad.length });
      await eventually('the good event', () => hearings(good) || undefined);
      expect(metrics.mock.calls.map(([, values]) => values)).toContainEqual(
        expect.objectContaining({ context: 'upload', OutboxRowsSetAside: bad.length }),
      );
      expect(await openRows()).toBe(bad.length + 1);
      metrics.mockRestore();
    });

    it('does not read them in every sweep, but reports that they are still there', async () => {
      await store(...unreadable());
      await age();
      await sweep();
      await age();
      const metrics = vi.spyOn(logger, 'info');
      expect(await sweep()).toEqual({ closed: 0, republished: 0, setAside: 0 });
      expect(metrics.mock.calls.map(([, values]) => values)).toContainEqual(
        expect.objectContaining({ OutboxRowsSetAside: 4, OutboxLagSeconds: 0 }),
      );
      metrics.mockRestore();
    });

    it('retries them after an hour, and publishes those that have become readable', async () => {
      const [future] = unreadable();
      if (!future) throw new Error('there is one');
      await store(...unreadable(), future);
      await age();
      await sweep();
      // Simulates the deployment of code that can read it.
      await pool.query(`UPDATE outbox SET event = jsonb_set(event, '{version}', '1') WHERE event_id = $1`, [
        future.id,
      ]);
      await waitAnHour();
      expect(await sweep()).toEqual({ closed: 0, republished: 1, setAside: 4 });
      await eventually('the event', () => heard.some(({ id }) => id === future.id) || undefined);
      await redis.set(`relayed:${future.id}`, '1', 'EX', 60);
      await age();
      expect(await sweep()).toEqual({ closed: 1, republished: 0, setAside: 0 });
      expect(await openRows()).toBe(4);
    });

    it('is not blocked by more of them than one batch holds', async () => {
      await store(...Array.from({ length: 60 }, unreadable).flat());
      await age();
      const good = someEvent('FILE_UPLOADED', someSource());
      await store({ id: good.id, event: good });
      await pool.query(
        `UPDATE outbox SET published_at = now() - interval '5.5 seconds' WHERE event_id = $1`,
        [good.id],
      );
      expect(await sweep()).toEqual({ closed: 0, republished: 1, setAside: 240 });
    });

    it('closes an unreadable row that the relay has acknowledged', async () => {
      const [future] = unreadable();
      if (!future) throw new Error('there is one');
      await store(future);
      await redis.set(`relayed:${future.id}`, '1', 'EX', 60);
      await age();
      expect(await sweep()).toEqual({ closed: 1, republished: 0, setAside: 0 });
    });

    it('keeps them while Redis is away, and still reports the lag', async () => {
      const broken = connectRedis();
      broken.disconnect();
      await store(...unreadable());
      await pool.query(`UPDATE outbox SET created_at = now() - interval '1 hour'`);
      await age();
      const metrics = vi.spyOn(logger, 'info');
      await expect(sweepOutbox(pool, broken, 'upload')).rejects.toThrow();
      const lags = metrics.mock.calls.flatMap(([, values]) =>
        typeof values === 'object' && 'OutboxLagSeconds' in values ? [values.OutboxLagSeconds] : [],
      );
      expect(lags).toEqual([expect.closeTo(3600, -2)]);
      metrics.mockRestore();
      expect(await openRows()).toBe(4);
    });

    it.each(OUTBOX_CONTEXTS)('sets them aside in the schema of %s', async (context) => {
      const own = database.poolOf(context);
      const [row] = unreadable();
      await own.query(
        `INSERT INTO outbox (event_id, saga_id, event, published_at)
         VALUES ($1, $2, $3, now() - interval '6 seconds')`,
        [row?.id, someOrigin().sagaId, row?.event],
      );
      expect(await sweepOutbox(own, redis, context)).toMatchObject({ setAside: 1 });
    });
  });

  it('skips rows that another sweep has locked', async () => {
    const busy = someEvent('FILE_UPLOADED', someSource());
    const free = someEvent('FILE_UPLOADED', someSource());
    const outbox = new TransactionalOutbox(pool, redis);
    await outbox.run(async ({ emit }) => {
      emit(busy);
      emit(free);
    });
    await age();
    const other = await pool.connect();
    await other.query('BEGIN');
    await other.query('SELECT 1 FROM outbox WHERE event_id = $1 FOR UPDATE', [busy.id]);
    expect(await sweepOutbox(pool, redis, 'upload')).toEqual({ closed: 0, republished: 1, setAside: 0 });
    await other.query('ROLLBACK');
    other.release();
    await eventually('the free event twice', () => hearings(free) === 2 || undefined);
    expect(hearings(busy)).toBe(1);
  });
});

describe('the inbox', () => {
  it('accepts an event once, and again after its effect was rolled back', async () => {
    const database = await createTestDatabase();
    try {
      const pool = database.poolOf('download');
      const event = someEvent('FILE_UPLOADED', someSource());
      const client = await pool.connect();
      await client.query('BEGIN');
      expect(await consumeOnce(client, event)).toBe(true);
      await client.query('ROLLBACK');
      client.release();
      expect(await consumeOnce(pool, event)).toBe(true);
      expect(await consumeOnce(pool, event)).toBe(false);
    } finally {
      await database.close();
    }
  });
});

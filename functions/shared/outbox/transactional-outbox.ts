import type { Redis } from 'ioredis';
import type pg from 'pg';
import type { SagaEvent } from '../../contracts/events.ts';
import { withTransaction } from '../database/transaction.ts';
import { publishEvents } from '../events/publisher.ts';

/** A unit of work: SQL within its transaction, and the events that it emits. */
export interface UnitOfWork {
  tx: pg.PoolClient;
  /** Publishes the event if and only if the transaction commits. */
  emit(event: SagaEvent): void;
}

/**
 * Stores state and events in one transaction: the events go into the context's `outbox` table together with the state
 * and are published right after the commit. `sweepOutbox` republishes events that the relay does not acknowledge.
 */
export class TransactionalOutbox {
  readonly #pool: pg.Pool;
  readonly #redis: Redis;

  constructor(pool: pg.Pool, redis: Redis) {
    this.#pool = pool;
    this.#redis = redis;
  }

  /** Runs `work` in a transaction, stores its events in the same transaction, and publishes them after the commit. */
  async run<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    const events: SagaEvent[] = [];
    const result = await withTransaction(this.#pool, async (tx) => {
      const value = await work({ tx, emit: (event) => events.push(event) });
      for (const event of events) await insertOutboxRow(tx, event);
      return value;
    });
    await publishEvents(this.#redis, events);
    return result;
  }
}

const insertOutboxRow = (tx: pg.PoolClient, event: SagaEvent) =>
  tx.query('INSERT INTO outbox (event_id, saga_id, event) VALUES ($1, $2, $3)', [
    event.id,
    event.sagaId,
    event,
  ]);

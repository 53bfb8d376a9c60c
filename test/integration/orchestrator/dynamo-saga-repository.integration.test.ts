import { randomUUID } from 'node:crypto';
import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { SAGA_EXPIRY_ATTRIBUTE } from '../../../functions/contracts/env.ts';
import { DynamoSagaRepository } from '../../../functions/orchestrator/adapters/dynamo-saga-repository.ts';
import { applyEvent } from '../../../functions/orchestrator/core/apply-event.ts';
import type { Saga } from '../../../functions/orchestrator/core/saga.ts';
import { eventStamps } from '../../../functions/shared/events/event-stamps.ts';
import { someEvent, someSource } from '../../support/events.ts';
import { SOME_POLICY } from '../../support/orchestrator.ts';
import { createSagaTable, tableClient } from '../../support/saga-table.ts';

const NOW = new Date('2026-01-01T00:00:00.000Z');

const newSaga = (): Saga => {
  const change = applyEvent(
    undefined,
    someEvent('FILE_UPLOADED', someSource()),
    NOW,
    SOME_POLICY,
    eventStamps(() => NOW),
  );
  if (!change) throw new Error('a first event always changes something');
  return change.saga;
};

describe('the saga table', () => {
  let client: DynamoDBClient;
  let table: string;
  let repository: DynamoSagaRepository;

  beforeAll(async () => {
    client = tableClient();
    table = await createSagaTable(client);
    repository = new DynamoSagaRepository(client, table);
  });

  it('loads a stored saga unchanged', async () => {
    const saga = newSaga();
    expect(await repository.load(saga.sagaId)).toBeUndefined();
    expect(await repository.save(saga, undefined)).toBe(true);
    expect(await repository.load(saga.sagaId)).toEqual(saga);
  });

  it('refuses a write based on another version than the stored one', async () => {
    const saga = newSaga();
    await repository.save(saga, undefined);
    expect(await repository.save(saga, undefined)).toBe(false);
    expect(await repository.save({ ...saga, version: 3 }, undefined)).toBe(false);
    expect(await repository.save({ ...saga, version: 2 }, undefined)).toBe(true);
    expect(await repository.save({ ...saga, version: 2 }, undefined)).toBe(false);
  });

  it('sets an expiry only for a saga that waits for nothing more', async () => {
    const expiryOf = async ({ sagaId }: Saga) => {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: { sagaId: { S: sagaId } } }),
      );
      return Item?.[SAGA_EXPIRY_ATTRIBUTE]?.N;
    };
    const saga = newSaga();
    await repository.save(saga, '2026-01-01T00:00:05.000Z');
    expect(await expiryOf(saga)).toBeUndefined();
    await repository.save({ ...saga, version: 2 }, undefined);
    expect(Number(await expiryOf(saga))).toBe(NOW.getTime() / 1000 + 60 * 24 * 3600);
  });

  it('finds due sagas behind items with invalid ids', async () => {
    const own = await createSagaTable(client);
    const due = { dueAt: { S: '2026-01-01T00:00:01.000Z' }, saga: { S: '{}' } };
    for (let count = 0; count < 30; count += 1) {
      const id = count % 2 === 0 ? `no id ${count}` : randomUUID().toUpperCase();
      for (const shard of ['0', '1', '2', '3']) {
        const item = { ...due, sagaId: { S: `${id}${shard}` }, dueShard: { S: shard } };
        await client.send(new PutItemCommand({ TableName: own, Item: item }));
      }
    }
    const sagas = Array.from({ length: 12 }, newSaga);
    const here = new DynamoSagaRepository(client, own);
    for (const saga of sagas) await here.save(saga, '2026-01-01T00:00:05.000Z');
    const found = await here.findDue(new Date('2026-01-01T00:00:06.000Z'), 20);
    expect(found.toSorted()).toEqual(sagas.map(({ sagaId }) => sagaId).toSorted());
  });

  it('finds sagas that are due, and no longer once they are not', async () => {
    const early = newSaga();
    const late = newSaga();
    await repository.save(early, '2026-01-01T00:00:05.000Z');
    await repository.save(late, '2026-01-01T01:00:00.000Z');
    const due = await repository.findDue(new Date('2026-01-01T00:00:06.000Z'), 100);
    expect(due).toContain(early.sagaId);
    expect(due).not.toContain(late.sagaId);
    await repository.save({ ...early, version: 2 }, undefined);
    expect(await repository.findDue(new Date('2026-01-01T00:00:06.000Z'), 100)).not.toContain(early.sagaId);
  });
});

import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import type { SagaEvent } from '../../../functions/contracts/events.ts';
import { DynamoSagaRepository } from '../../../functions/orchestrator/adapters/dynamo-saga-repository.ts';
import { serverClock } from '../../../functions/orchestrator/adapters/server-clock.ts';
import {
  handleEvent,
  type OrchestratorServices,
  sweepSagas,
} from '../../../functions/orchestrator/core/orchestrate.ts';
import { eventStamps } from '../../../functions/shared/events/event-stamps.ts';
import { createInboxHandler } from '../../../functions/shared/inbox/inbox-handler.ts';
import { someEvent, someOrigin, someSource } from '../../support/events.ts';
import { RecordingChannel, SOME_POLICY } from '../../support/orchestrator.ts';
import { createSagaTable, tableClient } from '../../support/saga-table.ts';
import { deliverEvents } from '../../support/sqs-event.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';

const MINUTE = 60_000;

let table: string;
const proxies: TcpProxy[] = [];

beforeAll(async () => {
  table = await createSagaTable(tableClient());
});
afterEach(async () => {
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
});

/** An orchestrator on the real table, with the given endpoint and an offset of the machine's clock. */
const orchestrator = ({ endpoint, clockOffset = 0 }: { endpoint?: string; clockOffset?: number } = {}) => {
  const client = tableClient(endpoint);
  const now = serverClock(client, () => new Date(Date.now() + clockOffset));
  const channel = new RecordingChannel();
  const services: OrchestratorServices = {
    sagas: new DynamoSagaRepository(client, table),
    channel,
    stamp: eventStamps(now),
    policy: SOME_POLICY,
    now,
    observe: () => undefined,
  };
  return { services, channel };
};

const failLoudly = (sagaId: string, error: unknown) => {
  throw new Error(`saga ${sagaId} was not swept`, { cause: error });
};
const typesOf = (events: readonly SagaEvent[]) => events.map((event) => event.type);

describe('a write to DynamoDB whose answer is lost', () => {
  it('is recognised as done, so that the event has one effect and its commands are still sent', async () => {
    const proxy = await startTcpProxy({
      host: '127.0.0.1',
      port: Number(new URL(inject('services').dynamoEndpoint).port),
    });
    proxies.push(proxy);
    const { services } = orchestrator({ endpoint: `http://127.0.0.1:${proxy.port}` });
    const event = someEvent('FILE_UPLOADED', someSource());
    const lost = proxy.loseAnswerTo('PutItem');
    await handleEvent(event, services);
    await lost;
    const saga = await services.sagas.load(event.sagaId);
    expect(saga).toMatchObject({ version: 1, state: { status: 'PROCESSING', attempt: 1 } });
    expect(saga?.journal.map((entry) => entry.eventId)).toEqual([event.id]);
    expect(typesOf(saga?.pending ?? [])).toEqual(['PROCESS_FILE']);

    const { services: later, channel } = orchestrator();
    const now = () => new Date(Date.now() + 10_000);
    await sweepSagas({ ...later, now }, failLoudly);
    expect(channel.published.filter((each) => each.sagaId === event.sagaId)).toEqual(saga?.pending);
  });
});

describe('a clock that is off by ten minutes', () => {
  it.each([
    ['ahead on the machine that acts on deadlines', 0, 10 * MINUTE],
    ['ahead on the machine that sets them', 10 * MINUTE, 0],
    ['behind on the machine that acts on deadlines', 0, -10 * MINUTE],
    ['behind on the machine that sets them', -10 * MINUTE, 0],
  ])('%s makes no deadline pass early', async (_, setting, acting) => {
    const { services: writer } = orchestrator({ clockOffset: setting });
    const event = someEvent('FILE_UPLOADED', someSource());
    const shortLived = { ...SOME_POLICY, waitingSeconds: 300 };
    await handleEvent(event, { ...writer, policy: shortLived });

    const { services: sweeper } = orchestrator({ clockOffset: acting });
    await sweepSagas(sweeper, failLoudly);
    await sweepSagas(sweeper, failLoudly);
    const saga = await sweeper.sagas.load(event.sagaId);
    expect(saga?.state).toMatchObject({ status: 'PROCESSING', attempt: 1, repeats: 0 });
    const deadline = saga && 'deadlineAt' in saga.state ? Date.parse(saga.state.deadlineAt) : 0;
    expect(Math.abs(deadline - Date.now() - 300_000)).toBeLessThan(MINUTE);
  });
});

describe('a saga on which the orchestrator throws', () => {
  it('does not block the other sagas of its batch', async () => {
    const { services } = orchestrator();
    const handler = createInboxHandler({
      build: async () => services,
      consumers: { FILE_UPLOADED: handleEvent, FILE_DELETED: handleEvent },
    });
    const broken = someOrigin();
    const item = { sagaId: { S: broken.sagaId }, version: { N: '1' }, saga: { S: '{"not":"a saga"}' } };
    await tableClient().send(new PutItemCommand({ TableName: table, Item: item }));
    const batch = [
      someEvent('FILE_UPLOADED', someSource()),
      someEvent('FILE_UPLOADED', someSource(), broken),
      someEvent('FILE_UPLOADED', someSource()),
      // The later events of the group wait for its first one, in order.
      someEvent('FILE_DELETED', {}, broken),
      someEvent('FILE_UPLOADED', someSource()),
    ];
    expect((await deliverEvents(handler, ...batch)).toSorted()).toEqual([1, 3]);
    for (const position of [0, 2, 4]) {
      const event = batch[position];
      expect(event && (await services.sagas.load(event.sagaId))?.state.status).toBe('PROCESSING');
    }
  });
});

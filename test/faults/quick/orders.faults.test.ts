import { randomUUID } from 'node:crypto';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { SagaEvent } from '../../../functions/contracts/events.ts';
import { messageGroupOf } from '../../../functions/contracts/routing.ts';
import { DynamoSagaRepository } from '../../../functions/orchestrator/adapters/dynamo-saga-repository.ts';
import { CONSUMERS } from '../../../functions/orchestrator/consumers.ts';
import type { OrchestratorServices } from '../../../functions/orchestrator/core/orchestrate.ts';
import { eventStamps } from '../../../functions/shared/events/event-stamps.ts';
import { createInboxHandler } from '../../../functions/shared/inbox/inbox-handler.ts';
import { lambdaContext } from '../../support/api-event.ts';
import { someEvent, someOrigin, somePayload } from '../../support/events.ts';
import { RecordingChannel, SOME_POLICY } from '../../support/orchestrator.ts';
import { createSagaTable, tableClient } from '../../support/saga-table.ts';
import { serviceEnv } from '../../support/services.ts';
import { sqsBatch } from '../../support/sqs-event.ts';

const DELIVERIES = 3;
const SAGAS = 24;

/** Final states of a saga, with the events that lead to them. */
const STORIES = [
  { ends: 'COMPLETED', facts: ['FILE_UPLOADED', 'EXTRACTION_STARTED', 'FILE_PROCESSED', 'FILE_AVAILABLE'] },
  { ends: 'COMPLETED', facts: ['FILE_UPLOADED', 'FAILED_ONCE', 'PROCESSED_AGAIN', 'AVAILABLE_AGAIN'] },
  { ends: 'FAILED', facts: ['FILE_UPLOADED', 'FAILED_FOR_GOOD'] },
  { ends: 'DELETED', facts: ['FILE_UPLOADED', 'FILE_PROCESSED', 'FILE_AVAILABLE', 'FILE_DELETED'] },
  { ends: 'DELETED', facts: ['FILE_UPLOADED', 'FAILED_FOR_GOOD', 'FILE_DELETED'] },
] as const;

const factsOf = (facts: readonly (typeof STORIES)[number]['facts'][number][]): SagaEvent[] => {
  const origin = someOrigin();
  const make = {
    FILE_UPLOADED: () => someEvent('FILE_UPLOADED', somePayload.FILE_UPLOADED(), origin),
    EXTRACTION_STARTED: () => someEvent('EXTRACTION_STARTED', { attempt: 1, target: 'lambda' }, origin),
    FILE_PROCESSED: () => someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED(), origin),
    FILE_AVAILABLE: () => someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE(), origin),
    PROCESSED_AGAIN: () => someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED(2), origin),
    AVAILABLE_AGAIN: () => someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE(2), origin),
    FAILED_ONCE: () => someEvent('FILE_FAILED', somePayload.FILE_FAILED(1), origin),
    FAILED_FOR_GOOD: () => someEvent('FILE_FAILED', somePayload.FILE_FAILED(1, false), origin),
    FILE_DELETED: () => someEvent('FILE_DELETED', {}, origin),
  };
  return facts.map((fact) => make[fact]());
};

let services: OrchestratorServices;
let sqs: SQSClient;
let queueUrl: string;

beforeAll(async () => {
  Object.assign(process.env, serviceEnv());
  const client = tableClient();
  const now = () => new Date();
  services = {
    sagas: new DynamoSagaRepository(client, await createSagaTable(client)),
    channel: new RecordingChannel(),
    stamp: eventStamps(now),
    policy: SOME_POLICY,
    now,
    observe: () => undefined,
  };
  sqs = new SQSClient({});
  const Attributes = { FifoQueue: 'true' };
  const { QueueUrl: url = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: `${randomUUID()}.fifo`, Attributes }),
  );
  // The service returns URLs with a host name that only it can resolve.
  queueUrl = `${inject('services').sqsEndpoint}${new URL(url).pathname}`;
});

const send = async (events: readonly SagaEvent[]): Promise<void> => {
  for (let start = 0; start < events.length; start += 10) {
    await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: events.slice(start, start + 10).map((event, position) => ({
          Id: String(position),
          MessageBody: JSON.stringify(event),
          MessageGroupId: messageGroupOf(event),
          // A unique id, so that SQS does not drop the duplicates.
          MessageDeduplicationId: randomUUID(),
        })),
      }),
    );
  }
};

/** Consumes this many messages of the queue as Lambda does. */
const consume = async (count: number): Promise<void> => {
  const handler = createInboxHandler({
    build: async () => services,
    consumers: CONSUMERS,
  });
  for (let taken = 0; taken < count; ) {
    const { Messages: messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 }),
    );
    expect(messages.length).toBeGreaterThan(0);
    const batch = messages.map(({ Body: body = '' }) => ({ body, group: JSON.parse(body).sagaId }));
    expect((await handler(sqsBatch(batch), lambdaContext())).batchItemFailures).toEqual([]);
    for (const { ReceiptHandle } of messages)
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
    taken += messages.length;
  }
};

describe('every event three times, in any order, through a real queue and a real table', () => {
  it('ends each saga in the state of its events, with one journal entry per event and no repeated command', async () => {
    const sagas = Array.from({ length: SAGAS }, (_, index) => {
      const story = STORIES[index % STORIES.length] ?? STORIES[0];
      return { ends: story.ends, facts: factsOf(story.facts) };
    });
    const all = sagas.flatMap(({ facts }) => Array.from({ length: DELIVERIES }, () => facts).flat());
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
    const [shuffled = []] = fc.sample(fc.shuffledSubarray(all, { minLength: all.length }), {
      seed,
      numRuns: 1,
    });
    await send(shuffled);
    await consume(all.length);

    for (const { ends, facts } of sagas) {
      const [{ sagaId } = { sagaId: undefined }] = facts;
      const saga = sagaId && (await services.sagas.load(sagaId));
      if (!saga) throw new Error('the saga is not stored');
      expect(saga.state.status, `seed ${seed}`).toBe(ends);
      expect(saga.journal.map((entry) => entry.eventId).toSorted()).toEqual(
        facts.map((fact) => fact.id).toSorted(),
      );
      const orders = saga.pending.map(({ type, payload }) =>
        'reason' in payload
          ? `${type} ${payload.reason}`
          : `${type} ${'attempt' in payload && payload.attempt}`,
      );
      expect(new Set(orders).size, `seed ${seed}: ${orders.join()}`).toBe(orders.length);
    }
  });
});

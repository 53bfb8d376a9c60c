import { randomBytes } from 'node:crypto';
import { CreateQueueCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { relayedKey, SAGA_EVENTS_CHANNEL } from '../../../functions/contracts/channel.ts';
import type { SagaEvent } from '../../../functions/contracts/events.ts';
import { INBOXES, type Inbox, inboxesFor, messageGroupOf } from '../../../functions/contracts/routing.ts';
import { EventRelay } from '../../../functions/orchestrator/relay/event-relay.ts';
import { InboxSender } from '../../../functions/orchestrator/relay/inbox-sender.ts';
import { sweepOutbox } from '../../../functions/shared/outbox/sweep-outbox.ts';
import { someEvent, someOrigin, somePayload, someSource } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { connectRedis, createTestDatabase } from '../../support/services.ts';

describe('the relay', () => {
  let sqs: SQSClient;
  let redis: Redis;
  const urls = new Map<Inbox, string>();
  const relays: EventRelay[] = [];

  const urlOf = (inbox: Inbox): string => {
    const url = urls.get(inbox);
    if (!url) throw new Error(`no queue for ${inbox}`);
    return url;
  };
  const senders = () => ({
    upload: new InboxSender(sqs, urlOf('upload')),
    process: new InboxSender(sqs, urlOf('process')),
    worker: new InboxSender(sqs, urlOf('worker')),
    download: new InboxSender(sqs, urlOf('download')),
    orchestrator: new InboxSender(sqs, urlOf('orchestrator')),
  });
  const startRelay = async (): Promise<EventRelay> => {
    const relay = new EventRelay({ subscriber: connectRedis(), commands: connectRedis() }, senders());
    await relay.start();
    relays.push(relay);
    return relay;
  };

  beforeAll(async () => {
    const endpoint = inject('services').sqsEndpoint;
    sqs = new SQSClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    redis = connectRedis();
    const run = randomBytes(4).toString('hex');
    for (const inbox of INBOXES) {
      const { QueueUrl } = await sqs.send(
        new CreateQueueCommand({ QueueName: `${inbox}-${run}.fifo`, Attributes: { FifoQueue: 'true' } }),
      );
      if (QueueUrl) urls.set(inbox, QueueUrl);
    }
    await startRelay();
    await startRelay();
  });
  afterAll(async () => {
    await Promise.all(relays.map((relay) => relay.stop()));
    redis.disconnect();
    sqs.destroy();
  });

  const publish = (event: SagaEvent) => redis.publish(SAGA_EVENTS_CHANNEL, JSON.stringify(event));
  const relayed = (event: SagaEvent) =>
    eventually('the acknowledgement', async () => (await redis.exists(relayedKey(event.id))) || undefined);
  const receive = async (inbox: Inbox, event: SagaEvent): Promise<Message[]> => {
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: urlOf(inbox),
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['MessageGroupId'],
      }),
    );
    return (Messages ?? []).filter((message) => message.Body?.includes(event.id));
  };

  it('sends an event to every inbox of its route once, although two relays run, then acknowledges it', async () => {
    const event = someEvent('PROCESS_FILE', { attempt: 1, target: 'fargate', source: someSource() });
    await publish(event);
    await relayed(event);
    for (const inbox of ['worker', 'upload'] as const) {
      const messages = await eventually('the message', async () => {
        const found = await receive(inbox, event);
        return found.length > 0 ? found : undefined;
      });
      expect(messages).toHaveLength(1);
      expect(messages[0]?.Attributes?.MessageGroupId).toBe(messageGroupOf(event));
      expect(JSON.parse(messages[0]?.Body ?? '')).toEqual(event);
    }
    expect(await receive('process', event)).toEqual([]);
  });

  it('preserves every character of a file name', async () => {
    const fileName = 'Ferien \u{1F3D6} \uffff\ufffe \u202e \u00e9.mp4';
    const event = someEvent('FILE_UPLOADED', someSource({ fileName }));
    await publish(event);
    await relayed(event);
    const [message] = await eventually('the message', async () => {
      const found = await receive('download', event);
      return found.length > 0 ? found : undefined;
    });
    expect(JSON.parse(message?.Body ?? '').payload.fileName).toBe(fileName);
  });

  it('preserves unknown fields of an event', async () => {
    const event = someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE());
    const newer = { ...event, traceId: 'é', payload: { ...event.payload, codec: 'av1' } };
    await redis.publish(SAGA_EVENTS_CHANNEL, JSON.stringify(newer));
    await relayed(event);
    for (const inbox of inboxesFor(event)) {
      const [message] = await eventually('the message', async () => {
        const found = await receive(inbox, event);
        return found.length > 0 ? found : undefined;
      });
      expect(JSON.parse(message?.Body ?? '')).toEqual(newer);
    }
  });

  it('preserves unknown fields of an event that a sweeper republishes from an outbox', async () => {
    const database = await createTestDatabase();
    const pool = database.poolOf('download');
    try {
      const event = someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE());
      const newer = { ...event, payload: { ...event.payload, codec: 'av1' } };
      await pool.query(
        `INSERT INTO outbox (event_id, saga_id, event, published_at)
         VALUES ($1, $2, $3, now() - interval '6 seconds')`,
        [event.id, event.sagaId, newer],
      );
      expect(await sweepOutbox(pool, redis, 'download')).toMatchObject({ republished: 1 });
      await relayed(event);
      const [message] = await eventually('the message', async () => {
        const found = await receive('upload', event);
        return found.length > 0 ? found : undefined;
      });
      expect(JSON.parse(message?.Body ?? '')).toEqual(newer);
    } finally {
      await database.close();
    }
  });

  it('drops messages that are not saga events, and goes on', async () => {
    const event = someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE());
    await redis.publish(SAGA_EVENTS_CHANNEL, '{"type":');
    await redis.publish(SAGA_EVENTS_CHANNEL, JSON.stringify({ ...event, version: 2 }));
    await redis.publish(SAGA_EVENTS_CHANNEL, JSON.stringify({ ...event, type: 'FILE_EATEN' }));
    await publish(event);
    await relayed(event);
  });

  it('keeps the events of a saga in order', async () => {
    const origin = someOrigin();
    const events = Array.from({ length: 25 }, () => someEvent('FILE_DELETED', {}, origin));
    for (const event of events) await publish(event);
    for (const event of events) await relayed(event);
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: urlOf('orchestrator'), MaxNumberOfMessages: 10 }),
    );
    const ids = (Messages ?? []).map((message) => JSON.parse(message.Body ?? '').id);
    const ours = ids.filter((id) => events.some((event) => event.id === id));
    expect(ours).toEqual(events.slice(0, ours.length).map((event) => event.id));
    expect(ours.length).toBeGreaterThan(0);
  });

  it('does not acknowledge an event that an inbox refused', async () => {
    const event = someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED());
    const broken = new SQSClient({
      endpoint: 'http://127.0.0.1:9',
      region: 'us-east-1',
      maxAttempts: 1,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const relay = new EventRelay(
      { subscriber: connectRedis(), commands: redis },
      { ...senders(), upload: new InboxSender(broken, urlOf('upload')) },
    );
    await relay.relay(JSON.stringify(event));
    expect(await redis.exists(relayedKey(event.id))).toBe(0);
  });
});

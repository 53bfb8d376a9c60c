import { randomUUID } from 'node:crypto';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { relayedKey, SAGA_EVENTS_CHANNEL } from '../../../functions/contracts/channel.ts';
import type { SagaEvent } from '../../../functions/contracts/events.ts';
import { EventRelay } from '../../../functions/orchestrator/relay/event-relay.ts';
import { InboxSender } from '../../../functions/orchestrator/relay/inbox-sender.ts';
import { createRedis } from '../../../functions/shared/redis/client.ts';
import { someEvent } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { connectRedis, serviceEnv } from '../../support/services.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';

let redis: Redis;
let sqs: SQSClient;
const undo: (() => Promise<unknown>)[] = [];

beforeAll(() => {
  Object.assign(process.env, serviceEnv());
  redis = connectRedis();
  sqs = new SQSClient({});
});
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});
afterAll(() => redis.disconnect());

/** Creates a queue for one test that stands for every inbox. */
const createInbox = async () => {
  const { QueueUrl: url = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: `${randomUUID()}.fifo`, Attributes: { FifoQueue: 'true' } }),
  );
  // The service returns URLs with a host name that only it can resolve.
  const queueUrl = `${inject('services').sqsEndpoint}${new URL(url).pathname}`;
  const sender = new InboxSender(sqs, queueUrl);
  return {
    senders: { upload: sender, process: sender, worker: sender, download: sender, orchestrator: sender },
    /** Receives and deletes messages. @returns the number of copies of the event among them */
    copiesOf: async (event: SagaEvent): Promise<number> => {
      const { Messages: messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      );
      // Messages in flight would hide the others of their group.
      for (const { ReceiptHandle } of messages)
        await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
      return messages.filter(({ Body: body }) => body?.includes(event.id)).length;
    },
  };
};

const connectThrough = (proxy: TcpProxy): Promise<Redis> =>
  createRedis({ REDIS_URL: `redis://127.0.0.1:${proxy.port}`, REDIS_AUTH: 'none' });

const startProxy = async (): Promise<TcpProxy> => {
  const { hostname: host, port } = new URL(inject('services').redisUrl);
  const proxy = await startTcpProxy({ host, port: Number(port) });
  undo.push(() => proxy.close());
  return proxy;
};

const publish = (event: SagaEvent) => redis.publish(SAGA_EVENTS_CHANNEL, JSON.stringify(event));
/** Publishes repeatedly, as the sweepers do, until the relay acknowledges the event. */
const publishUntilRelayed = (event: SagaEvent) =>
  eventually(`${event.type} to be relayed`, async () => {
    await publish(event);
    return (await redis.exists(relayedKey(event.id))) || undefined;
  });

describe('a relay whose connection to Redis dies silently', () => {
  it('notices the dead connection, subscribes again and relays a republished event', async () => {
    const proxy = await startProxy();
    const { senders } = await createInbox();
    const connections = { subscriber: await connectThrough(proxy), commands: await connectThrough(proxy) };
    const relay = new EventRelay(connections, senders, 250);
    undo.push(() => relay.stop());
    await relay.start();
    await publishUntilRelayed(someEvent('FILE_DELETED', {}));

    proxy.silence();
    const unheard = someEvent('FILE_DELETED', {});
    await publishUntilRelayed(unheard);
    expect(proxy.connections).toBeGreaterThan(2);
  });
});

describe('a relay that crashes after SQS accepted the event and before its acknowledgement', () => {
  it('leaves the event to be republished, and the queue has it once', async () => {
    const { senders, copiesOf } = await createInbox();
    const mute = connectRedis();
    mute.disconnect();
    const dying = new EventRelay({ subscriber: connectRedis(), commands: mute }, senders);
    undo.push(() => dying.stop());
    const event = someEvent('FILE_DELETED', {});
    await dying.relay(JSON.stringify(event));
    expect(await redis.exists(relayedKey(event.id))).toBe(0);

    const relay = new EventRelay({ subscriber: connectRedis(), commands: connectRedis() }, senders);
    undo.push(() => relay.stop());
    await relay.start();
    await publishUntilRelayed(event);
    expect(await copiesOf(event)).toBe(1);
    expect(await copiesOf(event)).toBe(0);
  });
});

describe('a relay that crashes after it received an event and before SQS accepted it', () => {
  it('has not acknowledged the event, so that it is republished', async () => {
    const { senders, copiesOf } = await createInbox();
    const { promise: received, resolve: receive } = Promise.withResolvers<void>();
    const hanging = {
      send: () => {
        receive();
        return new Promise<never>(() => undefined);
      },
    };
    const event = someEvent('FILE_DELETED', {});
    const dying = { subscriber: connectRedis(), commands: connectRedis() };
    await new EventRelay(dying, { ...senders, orchestrator: hanging }).start();
    await publish(event);
    await received;
    // Everything sent on the connection before this ping has arrived when the ping is answered.
    await dying.commands.ping();
    for (const connection of Object.values(dying)) connection.disconnect();
    expect(await redis.exists(relayedKey(event.id))).toBe(0);

    const relay = new EventRelay({ subscriber: connectRedis(), commands: connectRedis() }, senders);
    undo.push(() => relay.stop());
    await relay.start();
    await publishUntilRelayed(event);
    expect(await copiesOf(event)).toBe(1);
  });
});

describe('two relays at once', () => {
  it('send each event to the queue once', async () => {
    const { senders, copiesOf } = await createInbox();
    const done: SagaEvent['id'][] = [];
    for (let count = 0; count < 2; count += 1) {
      const connections = { subscriber: connectRedis(), commands: connectRedis() };
      const send = async (event: SagaEvent) => {
        await senders.orchestrator.send(event, JSON.stringify(event));
        done.push(event.id);
      };
      const relay = new EventRelay(connections, { ...senders, orchestrator: { send } });
      undo.push(() => relay.stop());
      await relay.start();
    }
    const event = someEvent('FILE_DELETED', {});
    await publish(event);
    await eventually('both relays to have sent it', () =>
      done.filter((id) => id === event.id).length === 2 ? true : undefined,
    );
    expect(await copiesOf(event)).toBe(1);
    expect(await copiesOf(event)).toBe(0);
  });
});

describe('a relay that is started before Redis', () => {
  it('subscribes as soon as Redis is available', async () => {
    const proxy = await startProxy();
    const { senders } = await createInbox();
    const subscriber = await createRedis({ REDIS_URL: 'redis://127.0.0.1:1', REDIS_AUTH: 'none' });
    const relay = new EventRelay({ subscriber, commands: connectRedis() }, senders);
    undo.push(() => relay.stop());
    const started = relay.start();
    await new Promise((resolve) => subscriber.once('close', resolve));
    subscriber.options.port = proxy.port;
    await started;
    await publishUntilRelayed(someEvent('FILE_DELETED', {}));
  });
});

describe('a relay that is told to stop', () => {
  it('ends its subscription, then sends and acknowledges the events that it has received', async () => {
    const { senders, copiesOf } = await createInbox();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const slow = {
      send: async (event: SagaEvent) => {
        begin();
        await released;
        await senders.orchestrator.send(event, JSON.stringify(event));
      },
    };
    const relay = new EventRelay(
      { subscriber: connectRedis(), commands: connectRedis() },
      { ...senders, orchestrator: slow },
    );
    await relay.start();
    const event = someEvent('FILE_DELETED', {});
    await publish(event);
    await begun;
    const stopped = relay.stop();
    await eventually('the end of the subscription', async () => {
      const [, count] = await redis.pubsub('NUMSUB', SAGA_EVENTS_CHANNEL);
      return count === 0 ? true : undefined;
    });
    release();
    await stopped;
    expect(await redis.exists(relayedKey(event.id))).toBe(1);
    expect(await copiesOf(event)).toBe(1);
  });
});

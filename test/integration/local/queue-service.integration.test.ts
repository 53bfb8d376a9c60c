import { rm } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REGION } from '../../../local/constants.ts';
import { silentLog } from '../../../local/log.ts';
import { freePort } from '../../../local/ports.ts';
import { ProcessLedger } from '../../../local/processes/ledger.ts';
import type { ManagedProcess } from '../../../local/processes/managed-process.ts';
import { queueService } from '../../../local/services/aws-services.ts';
import {
  createStateDirectory,
  type StateDirectory,
  stateDirectoryAt,
} from '../../../local/state/directory.ts';
import { LocalSecrets } from '../../../local/state/secrets.ts';
import { makeStateDir } from './running-stack.ts';

let state: StateDirectory;
let service: ManagedProcess;
let port: number;
let sqs: SQSClient;

beforeAll(async () => {
  state = stateDirectoryAt(await makeStateDir());
  await createStateDirectory(state);
  port = await freePort();
  service = queueService(
    {
      state,
      log: silentLog,
      ledger: new ProcessLedger(state.ledgerFile),
      secrets: new LocalSecrets(state.secretsFile),
    },
    port,
  );
  await service.start();
  sqs = new SQSClient({
    region: REGION,
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
});

afterAll(async () => {
  sqs?.destroy();
  await service?.stop();
  await rm(state.root, { recursive: true, force: true });
});

const createQueue = async (name: string, attributes: Record<string, string> = {}): Promise<string> => {
  const Attributes = { VisibilityTimeout: '600', ...attributes };
  await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  return `http://127.0.0.1:${port}/000000000000/${name}`;
};

test('a message is delivered to the next receiver at once when an earlier one has disconnected', async () => {
  const QueueUrl = await createQueue('abandoned');
  const abandon = new AbortController();
  const waiting = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }), {
    abortSignal: abandon.signal,
  });
  // The service handles requests in order, so each answer shows that it has seen the earlier requests.
  const roundTrip = () => sqs.send(new CreateQueueCommand({ QueueName: 'other' }));
  await roundTrip();
  await roundTrip();
  abandon.abort();
  await expect(waiting).rejects.toThrow(/abort/i);
  await roundTrip();
  await roundTrip();
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }));
  expect(Messages?.map(({ Body }) => Body)).toEqual(['hello']);
});

test('received messages stay invisible and waiting ones stay available after a kill of the service', async () => {
  const QueueUrl = await createQueue('kept');
  for (const MessageBody of ['one', 'two']) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  const first = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 1 }));
  await sqs.send(
    new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first.Messages?.[0]?.ReceiptHandle ?? '' }),
  );
  await service.kill();
  await service.start();
  const rest = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  expect(rest.Messages?.map(({ Body }) => Body)).toEqual(['two']);
  const none = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  expect(none.Messages ?? []).toEqual([]);
});

test('a returned message is available again at once, after a kill too', async () => {
  const QueueUrl = await createQueue('given-back');
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
  const receive = async () => {
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['ApproximateReceiveCount'] }),
    );
    return Messages?.[0];
  };
  const giveBack = async (ReceiptHandle = '') =>
    sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  await giveBack((await receive())?.ReceiptHandle);
  await giveBack((await receive())?.ReceiptHandle);
  await service.kill();
  await service.start();
  expect(await receive()).toMatchObject({ Body: 'hello', Attributes: { ApproximateReceiveCount: '3' } });
});

describe('a FIFO queue', () => {
  const createFifo = (name: string) => createQueue(`${name}.fifo`, { FifoQueue: 'true' });
  /** Messages named `<group><number>`. */
  const send = async (QueueUrl: string, ...names: readonly string[]): Promise<void> => {
    for (const name of names) {
      const [MessageGroupId = ''] = name;
      const ids = { MessageGroupId, MessageDeduplicationId: name };
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: name, ...ids }));
    }
  };
  const receive = async (QueueUrl: string, most = 10, options: { VisibilityTimeout?: number } = {}) => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: most, ...options }),
    );
    return Messages.map(({ Body, ReceiptHandle }) => ({ name: Body, ReceiptHandle }));
  };
  const namesOf = (messages: readonly { name: string | undefined }[]) => messages.map(({ name }) => name);
  const remove = (QueueUrl: string, ReceiptHandle: string | undefined) =>
    sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));

  test('delivers up to ten messages: those of one group in order, then those of the next group', async () => {
    const queue = await createFifo('whole-groups');
    await send(queue, 'a1', 'b1', 'a2', 'c1', 'a3', 'b2', 'd1', 'd2', 'd3', 'd4', 'd5', 'd6');
    const first = namesOf(await receive(queue));
    expect(first).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'c1', 'd1', 'd2', 'd3', 'd4']);
    // d1 to d4 are in flight, so the rest of their group waits.
    expect(namesOf(await receive(queue))).toEqual([]);
  });

  test('delivers no message of a group with messages in flight until the last of them is deleted', async () => {
    const queue = await createFifo('in-flight');
    await send(queue, 'a1', 'a2', 'a3', 'b1');
    const [first, second] = await receive(queue, 2);
    expect([first?.name, second?.name]).toEqual(['a1', 'a2']);
    expect(namesOf(await receive(queue))).toEqual(['b1']);
    await remove(queue, first?.ReceiptHandle);
    expect(namesOf(await receive(queue))).toEqual([]);
    await remove(queue, second?.ReceiptHandle);
    expect(namesOf(await receive(queue))).toEqual(['a3']);
  });

  test('keeps the order of messages that are returned or time out together, after a kill too', async () => {
    const queue = await createFifo('order');
    await send(queue, 'a1', 'a2', 'a3', 'a4');
    for (const { ReceiptHandle } of await receive(queue, 3)) {
      await sqs.send(
        new ChangeMessageVisibilityCommand({ QueueUrl: queue, ReceiptHandle, VisibilityTimeout: 0 }),
      );
    }
    expect(namesOf(await receive(queue, 3, { VisibilityTimeout: 1 }))).toEqual(['a1', 'a2', 'a3']);
    const timedOut = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queue, MaxNumberOfMessages: 10, WaitTimeSeconds: 10 }),
    );
    expect(timedOut.Messages?.map(({ Body }) => Body)).toEqual(['a1', 'a2', 'a3', 'a4']);
    await service.kill();
    await service.start();
    expect(namesOf(await receive(queue))).toEqual([]);
    for (const { ReceiptHandle } of timedOut.Messages ?? []) {
      await sqs.send(
        new ChangeMessageVisibilityCommand({ QueueUrl: queue, ReceiptHandle, VisibilityTimeout: 0 }),
      );
    }
    expect(namesOf(await receive(queue))).toEqual(['a1', 'a2', 'a3', 'a4']);
  });
});

test('the service cannot be reached from another machine', async () => {
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);
  for (const address of addresses) {
    await expect(fetch(`http://${address}:${port}/health`)).rejects.toThrow(/fetch failed/);
  }
  expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
});

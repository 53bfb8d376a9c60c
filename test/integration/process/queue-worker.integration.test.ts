import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QueueWorker } from '../../../functions/process/adapters/queue-worker.ts';
import { eventually } from '../../support/eventually.ts';
import { type ProcessContextUnderTest, startProcessContext } from '../../support/process-context.ts';

let context: ProcessContextUnderTest;
let sqs: SQSClient;

beforeAll(async () => {
  context = await startProcessContext();
  sqs = new SQSClient({});
});
afterAll(() => context.close());

const createQueue = async (): Promise<string> => {
  const { QueueUrl: url = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: `${randomUUID()}.fifo`, Attributes: { FifoQueue: 'true' } }),
  );
  // The endpoint names its queues by a host that only it knows.
  return `${process.env.AWS_ENDPOINT_URL_SQS}${new URL(url).pathname}`;
};
const send = (queueUrl: string, body: string, group = 'g') =>
  sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: body,
      MessageGroupId: group,
      MessageDeduplicationId: randomUUID(),
    }),
  );
/** Number of messages in the queue, hidden ones included. */
const remaining = async (queueUrl: string): Promise<number> => {
  const { Attributes: counts = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
  );
  return Number(counts.ApproximateNumberOfMessages) + Number(counts.ApproximateNumberOfMessagesNotVisible);
};
const emptied = (queueUrl: string) =>
  eventually('an empty queue', async () => ((await remaining(queueUrl)) === 0 ? true : undefined));
const latch = () => Promise.withResolvers<void>();

describe('QueueWorker', () => {
  it('takes one message at a time and deletes it after its work is done', async () => {
    const queueUrl = await createQueue();
    const log: string[] = [];
    const worker = new QueueWorker({
      ...{ sqs, queueUrl },
      consume: async ({ body }) => {
        log.push(`begin ${body}`);
        expect(await remaining(queueUrl)).toBeGreaterThan(0);
        log.push(`end ${body}`);
      },
    });
    await send(queueUrl, 'a', 'g1');
    await send(queueUrl, 'b', 'g2');
    const running = worker.run();
    await emptied(queueUrl);
    worker.drain();
    await running;
    expect(log).toEqual(['begin a', 'end a', 'begin b', 'end b']);
  });

  it('gives a failed message back, and receives it again', async () => {
    const queueUrl = await createQueue();
    let deliveries = 0;
    const worker = new QueueWorker({
      ...{ sqs, queueUrl, retrySeconds: 1 },
      consume: async () => {
        deliveries += 1;
        if (deliveries === 1) throw new Error('the database is away');
      },
    });
    await send(queueUrl, 'a');
    const running = worker.run();
    await emptied(queueUrl);
    worker.drain();
    await running;
    expect(deliveries).toBe(2);
  });

  it('keeps a message hidden for longer than its visibility time while it works', async () => {
    const queueUrl = await createQueue();
    const work = latch();
    const begun = latch();
    const worker = new QueueWorker({
      ...{ sqs, queueUrl, visibilitySeconds: 1 },
      consume: async () => {
        begun.resolve();
        await work.promise;
      },
    });
    await send(queueUrl, 'a');
    const running = worker.run();
    await begun.promise;
    // A poll of three times the visibility time: a message that became visible would be found.
    const { Messages: found = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 3 }),
    );
    expect(found).toEqual([]);
    work.resolve();
    await emptied(queueUrl);
    worker.drain();
    await running;
  });

  it('is protected from the start of the work on a message until the message is deleted or given back, not while it waits', async () => {
    const queueUrl = await createQueue();
    const log: string[] = [];
    const worker = new QueueWorker({
      ...{ sqs, queueUrl, retrySeconds: 1 },
      protection: { begin: () => log.push('protected'), end: () => log.push('unprotected') },
      consume: async ({ body }) => {
        log.push(body);
        if (log.length < 3) throw new Error('the database is away');
      },
    });
    await send(queueUrl, 'a');
    const running = worker.run();
    await emptied(queueUrl);
    worker.drain();
    await running;
    expect(log).toEqual(['protected', 'a', 'unprotected', 'protected', 'a', 'unprotected']);
  });

  it('finishes the current message when it is drained, and takes no other', async () => {
    const queueUrl = await createQueue();
    const work = latch();
    const begun = latch();
    const bodies: string[] = [];
    const worker = new QueueWorker({
      ...{ sqs, queueUrl },
      consume: async ({ body }) => {
        bodies.push(body);
        begun.resolve();
        await work.promise;
      },
    });
    await send(queueUrl, 'a', 'g1');
    await send(queueUrl, 'b', 'g2');
    const running = worker.run();
    await begun.promise;
    worker.drain();
    work.resolve();
    await running;
    expect(bodies).toEqual(['a']);
    expect(await remaining(queueUrl)).toBe(1);
  });

  it('stops and releases the current message when draining takes too long', async () => {
    const queueUrl = await createQueue();
    const begun = latch();
    const worker = new QueueWorker({
      ...{ sqs, queueUrl, drainSeconds: 0 },
      consume: (_, stopping) => {
        begun.resolve();
        return new Promise((_resolve, reject) => {
          stopping.addEventListener('abort', () => reject(new Error('stopped')));
        });
      },
    });
    await send(queueUrl, 'a');
    const running = worker.run();
    await begun.promise;
    worker.drain();
    await running;
    const { Messages: found = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 5 }),
    );
    expect(found.map(({ Body }) => Body)).toEqual(['a']);
  });
});

describe('the worker task', () => {
  const start = (queueUrl: string): ChildProcess =>
    spawn(
      process.execPath,
      [fileURLToPath(new URL('../../../functions/process/worker.task.ts', import.meta.url))],
      {
        env: { ...process.env, WORKER_INBOX_URL: queueUrl, WORKER_VISIBILITY_SECONDS: '120' },
        stdio: 'inherit',
      },
    );

  it('carries out an order and ends on SIGTERM', async () => {
    const queueUrl = await createQueue();
    const event = await context.order('short.mp4', 'fargate');
    await send(queueUrl, JSON.stringify(event), event.sagaId);
    const worker = start(queueUrl);
    const ended = once(worker, 'exit');
    try {
      await emptied(queueUrl);
      expect(await context.told(event.sagaId)).toMatchObject([{ type: 'FILE_PROCESSED' }]);
      worker.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    } finally {
      // A worker that outlives its test keeps the output open, and the test runner waits for it.
      worker.kill('SIGKILL');
    }
  });
});

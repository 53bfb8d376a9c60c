import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SagaEvent } from '../../../functions/contracts/events.ts';
import { InboxSender } from '../../../functions/orchestrator/relay/inbox-sender.ts';
import { type CallLimits, LONG_POLL_SECONDS, SQS_POLLS } from '../../../functions/shared/aws/call-limits.ts';
import { clientConfig } from '../../../functions/shared/aws/request-handler.ts';
import { createS3Client } from '../../../functions/shared/storage/s3-client.ts';
import { someEvent, someOrigin } from '../../support/events.ts';
import { createSagaTable, tableClient } from '../../support/saga-table.ts';
import { serviceEnv } from '../../support/services.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { createTestBucket } from '../../support/upload-context.ts';

/** The limits of production, but shorter. */
const LIMITS: CallLimits = {
  connectMilliseconds: 200,
  answerMilliseconds: 300,
  silenceMilliseconds: 300,
  attempts: 2,
};

/** A service behind a proxy, with a call to it that needs a complete answer. */
interface Service {
  proxy: TcpProxy;
  call(): Promise<unknown>;
}

const undo: (() => unknown)[] = [];
let bucket: string;
let table: string;

beforeAll(async () => {
  Object.assign(process.env, serviceEnv());
  ({ bucket } = await createTestBucket());
  table = await createSagaTable(tableClient());
});
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

const proxyTo = async (endpoint: string | undefined): Promise<TcpProxy> => {
  const { hostname: host, port } = new URL(endpoint ?? '');
  const proxy = await startTcpProxy({ host, port: Number(port) });
  undo.push(() => proxy.close());
  return proxy;
};
/** Sets the client's variable for its endpoint for one test. */
const setEndpoint = (variable: string, port: number): void => {
  const before = process.env[variable];
  process.env[variable] = `http://127.0.0.1:${port}`;
  undo.push(() => {
    process.env[variable] = before;
  });
};
const s3Client = (port: number): S3Client => {
  setEndpoint('AWS_ENDPOINT_URL_S3', port);
  const env = { VIDEO_BUCKET: bucket, S3_FORCE_PATH_STYLE: true };
  return createS3Client(env, LIMITS);
};
const sqsQueue = async (limits = LIMITS) => {
  const proxy = await proxyTo(process.env.AWS_ENDPOINT_URL_SQS);
  const sqs = new SQSClient({ ...clientConfig(limits), endpoint: `http://127.0.0.1:${proxy.port}` });
  undo.push(() => sqs.destroy());
  const { QueueUrl: url = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: `${randomUUID()}.fifo`, Attributes: { FifoQueue: 'true' } }),
  );
  return { proxy, sqs, queueUrl: `http://127.0.0.1:${proxy.port}${new URL(url).pathname}` };
};

const SERVICES: Record<string, () => Promise<Service>> = {
  SQS: async () => {
    const { proxy, sqs, queueUrl } = await sqsQueue();
    return { proxy, call: () => sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl })) };
  },
  S3: async () => {
    const proxy = await proxyTo(process.env.AWS_ENDPOINT_URL_S3);
    const s3 = s3Client(proxy.port);
    return { proxy, call: () => s3.send(new ListObjectsV2Command({ Bucket: bucket })) };
  },
  DynamoDB: async () => {
    const proxy = await proxyTo(process.env.AWS_ENDPOINT_URL_DYNAMODB);
    const dynamodb = new DynamoDBClient({
      ...clientConfig(LIMITS),
      endpoint: `http://127.0.0.1:${proxy.port}`,
    });
    const get = new GetItemCommand({ TableName: table, Key: { sagaId: { S: 'none' } } });
    return { proxy, call: () => dynamodb.send(get) };
  },
};

describe.each(Object.entries(SERVICES))('%s', (_, start) => {
  it('fails an unanswered call after its attempts, and answers the next one', async () => {
    const { proxy, call } = await start();
    await call();
    const before = proxy.connections;
    proxy.takeAway('frozen');
    await expect(call()).rejects.toMatchObject({ name: 'TimeoutError' });
    // The first attempt may use the old connection; later ones must not wait on a connection known to be silent.
    expect(proxy.connections).toBeGreaterThanOrEqual(before + 1);
    proxy.bringBack();
    await call();
  });

  it('answers over a new connection when all idle ones have silently died', async () => {
    const { proxy, call } = await start();
    await Promise.all(Array.from({ length: 5 }, call));
    const before = proxy.connections;
    expect(before).toBeGreaterThanOrEqual(5);
    proxy.silence();
    await call();
    expect(proxy.connections).toBe(before + 1);
  });
});

describe('S3, when an answer stops in the middle', () => {
  it('fails the read of its body', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-length': '1000', etag: '"a"' });
      response.write('the beginning');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    undo.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    const s3 = s3Client(typeof address === 'object' ? (address?.port ?? 0) : 0);
    const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'a' }));
    await expect(body?.transformToByteArray()).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

describe('A long poll', () => {
  it('is not cut short by the limits of its client', async () => {
    const { sqs, queueUrl } = await sqsQueue(SQS_POLLS);
    const began = performance.now();
    await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: LONG_POLL_SECONDS }));
    expect(performance.now() - began).toBeGreaterThan(LONG_POLL_SECONDS * 900);
  });
});

const sendEvent = (sender: InboxSender, event: SagaEvent) => sender.send(event, JSON.stringify(event));

describe('The sender of an inbox', () => {
  it('fails the events of an unanswered call, and sends later events of the saga', async () => {
    const { proxy, sqs, queueUrl } = await sqsQueue();
    const sender = new InboxSender(sqs, queueUrl);
    const origin = someOrigin();
    const send = () => sendEvent(sender, someEvent('FILE_DELETED', {}, origin));
    await send();
    proxy.takeAway('frozen');
    const sent = [send(), send()];
    for (const event of await Promise.allSettled(sent)) {
      expect(event).toMatchObject({ status: 'rejected', reason: { name: 'SendFailedError' } });
    }
    proxy.bringBack();
    await send();
  });

  it('fails waiting events and events under way when it is aborted', async () => {
    const { proxy, sqs, queueUrl } = await sqsQueue(SQS_POLLS);
    const givingUp = new AbortController();
    const sender = new InboxSender(sqs, queueUrl, givingUp.signal);
    const origin = someOrigin();
    proxy.takeAway('frozen');
    const sent = Array.from({ length: 25 }, () => sendEvent(sender, someEvent('FILE_DELETED', {}, origin)));
    givingUp.abort();
    for (const event of await Promise.allSettled(sent)) expect(event.status).toBe('rejected');
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { type ProcessContextUnderTest, startProcessContext } from '../../support/process-context.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { readFramesZip, sha256 } from '../../support/zip.ts';

const VISIBILITY_SECONDS = 3;
const LEASE_SECONDS = 2;

let context: ProcessContextUnderTest;
let sqs: SQSClient;
let storage: TcpProxy;
const workers: ChildProcess[] = [];

beforeAll(async () => {
  context = await startProcessContext();
  sqs = new SQSClient({});
  const { hostname: host, port } = new URL(inject('services').s3Endpoint);
  storage = await startTcpProxy({ host, port: Number(port) });
});
afterEach(async () => {
  for (const worker of workers.splice(0)) {
    worker.kill('SIGKILL');
    if (worker.exitCode === null) await new Promise((resolve) => worker.once('exit', resolve));
  }
});
afterAll(async () => {
  await context.close();
  await storage.close();
});

const createQueue = async (): Promise<string> => {
  const { QueueUrl: url = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: `${randomUUID()}.fifo`, Attributes: { FifoQueue: 'true' } }),
  );
  // The service returns URLs with a host name that only it can resolve.
  return `${inject('services').sqsEndpoint}${new URL(url).pathname}`;
};
const remaining = async (queueUrl: string): Promise<number> => {
  const { Attributes: counts = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
  );
  return Number(counts.ApproximateNumberOfMessages) + Number(counts.ApproximateNumberOfMessagesNotVisible);
};

/** Starts a worker process on the queue and collects its log. */
const startWorker = (queueUrl: string, env: Record<string, string> = {}) => {
  const task = fileURLToPath(new URL('../../../functions/process/worker.task.ts', import.meta.url));
  const worker = spawn(process.execPath, [task], {
    env: {
      ...process.env,
      LOG_LEVEL: 'INFO',
      WORKER_INBOX_URL: queueUrl,
      WORKER_VISIBILITY_SECONDS: String(VISIBILITY_SECONDS),
      JOB_LEASE_SECONDS: String(LEASE_SECONDS),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  workers.push(worker);
  let output = '';
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return {
    freeze: () => worker.kill('SIGSTOP'),
    resume: () => worker.kill('SIGCONT'),
    /** Waits for it to log this message. @returns that line. */
    untilLogged: (message: string) =>
      eventually(
        `"${message}" in the worker's log`,
        () => output.split('\n').find((line) => line.includes(`"${message}"`)),
        60,
      ),
  };
};

describe('a worker that is paused past its message’s visibility timeout, then resumed', () => {
  it('is fenced off by the worker that received the message meanwhile, with one ZIP and one FILE_PROCESSED', async () => {
    const queueUrl = await createQueue();
    const order = await context.order('h264.mp4', 'fargate');
    const first = startWorker(queueUrl, { AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${storage.port}` });
    storage.takeAway('frozen');
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify(order),
        MessageGroupId: order.sagaId,
        MessageDeduplicationId: order.id,
      }),
    );
    await first.untilLogged('Attempt taken on');
    first.freeze();

    // No sweep runs here, so only SQS delivers the message again.
    const second = startWorker(queueUrl);
    await second.untilLogged('Attempt done');
    const [told] = await context.told(order.sagaId);
    if (told?.type !== 'FILE_PROCESSED') throw new Error(`${told?.type} was told`);

    first.resume();
    storage.bringBack();
    const fencedOff = await first.untilLogged('Run fenced off');
    expect(JSON.parse(fencedOff)).toMatchObject({ sagaId: order.sagaId, attempt: 1, fate: 'superseded' });

    expect(await context.told(order.sagaId)).toEqual([told]);
    expect(await context.statusOf(order.sagaId)).toBe('DONE');
    const zip = await context.read(told.payload.storageKey);
    expect([zip.length, sha256(zip)]).toEqual([told.payload.sizeBytes, told.payload.sha256]);
    const { frames } = await readFramesZip(zip);
    const expected = [
      'source.mp4',
      'frames.zip',
      'frames/manifest.json',
      ...frames.map(({ name }) => `frames/${name}`),
    ];
    expect((await context.keysOf(order)).toSorted()).toEqual(expected.toSorted());
    await eventually('an empty queue', async () => ((await remaining(queueUrl)) === 0 ? true : undefined));
  });
});

import { GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { REGION } from '../../../local/constants.ts';
import type { DevStack } from '../../../local/stack.ts';
import { eventually } from '../../support/eventually.ts';
import { makeStateDir, removeStateDir, startFixture } from './running-stack.ts';
import { itemsOf } from './stack-items.ts';

let stateDir: string;
let stack: DevStack;
let items: ReturnType<typeof itemsOf>;
let sqs: SQSClient;

beforeAll(async () => {
  stateDir = await makeStateDir();
  stack = await startFixture(stateDir, { minuteRateMilliseconds: 300 });
  items = itemsOf(stack);
  sqs = new SQSClient({
    region: REGION,
    endpoint: stack.endpoints.sqs,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
});

afterAll(async () => {
  items?.close();
  sqs?.destroy();
  await stack?.stop();
  await removeStateDir(stateDir);
});

const send = async (job: Record<string, unknown>): Promise<void> => {
  const answer = await fetch(`${stack.url}/things`, { method: 'POST', body: JSON.stringify(job) });
  expect(answer.status).toBe(202);
};

/** The number of waiting messages in the queue of jobs, and of those in flight. */
const jobCounts = async (): Promise<number[]> => {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: stack.queueUrl('Jobs'), AttributeNames: ['All'] }),
  );
  return [
    Number(Attributes?.ApproximateNumberOfMessages),
    Number(Attributes?.ApproximateNumberOfMessagesNotVisible),
  ];
};

test('the trigger has run before the stack is ready', async () => {
  expect(await items.read('migrated')).toBeDefined();
});

describe('a queue', () => {
  test('delivers complete records to its function, and is empty afterwards', async () => {
    await send({ id: 'one', group: 'g1' });
    const item = await items.awaited('job-one-1');
    expect(item).toMatchObject({ group: { S: 'g1' }, attribute: { S: 'job' } });
    expect(item.source?.S).toMatch(/^arn:aws:sqs:us-east-1:000000000000:.+\.fifo$/);
    await eventually('an empty queue', async () => ((await jobCounts()).join() === '0,0' ? true : undefined));
  });

  test('redelivers a failed message after its visibility timeout, then moves it to the dead letters', async () => {
    await send({ id: 'bad', group: 'g2', fail: true });
    await items.awaited('job-bad-2');
    const dead = await eventually(
      'the dead letter',
      async () => {
        const { Messages } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl: stack.queueUrl('JobsDead'), WaitTimeSeconds: 5 }),
        );
        return Messages?.[0];
      },
      60,
    );
    expect(dead.Body).toContain('"id":"bad"');
    expect(await items.read('job-bad-3')).toBeUndefined();
  });

  test('makes a message wait only for messages of its own group', async () => {
    await send({ id: 'slow', group: 'g3', waitMilliseconds: 4_000 });
    await send({ id: 'behind', group: 'g3' });
    await send({ id: 'beside', group: 'g4' });
    await items.awaited('job-beside-1');
    expect(await items.read('job-behind-1')).toBeUndefined();
    await items.awaited('job-behind-1');
    expect(await items.read('job-slow-1')).toBeDefined();
  });

  test('delivers several messages of one group and several groups in one batch', async () => {
    // The function has two sandboxes, and nothing is received while both are busy.
    await send({ id: 'busy-1', group: 'g5', waitMilliseconds: 2_500 });
    await send({ id: 'busy-2', group: 'g6', waitMilliseconds: 2_500 });
    await eventually('only both to be in flight', async () =>
      (await jobCounts()).join() === '0,2' ? true : undefined,
    );
    for (const [id, group] of [
      ['c1', 'g7'],
      ['d1', 'g8'],
      ['c2', 'g7'],
    ] as const) {
      await send({ id, group });
    }
    for (const id of ['c1', 'c2', 'd1']) {
      expect(await items.awaited(`job-${id}-1`)).toMatchObject({ batch: { S: 'c1 c2 d1' } });
    }
  });
});

test('the event about an object from a form reaches the rule’s queue only if its key matches', async () => {
  const Form = z.object({ url: z.string(), fields: z.record(z.string(), z.string()) });
  const upload = async (key: string): Promise<Response> => {
    const presigned = await fetch(`${stack.url}/files/form`, {
      method: 'POST',
      body: JSON.stringify({ key, maxBytes: 1000 }),
    });
    const { url, fields } = Form.parse(await presigned.json());
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('file', new Blob(['hello']), 'x.mp4');
    return fetch(url, { method: 'POST', body: form });
  };
  expect((await upload('users/1/other.txt')).status).toBe(204);
  expect((await upload('users/1/source.mp4')).status).toBe(204);
  const item = await items.awaited('arrived-users/1/source.mp4');
  expect(item).toMatchObject({
    size: { N: '5' },
    etag: { S: '5d41402abc4b2a76b9719d911017c592' },
    reason: { S: 'POST Object' },
  });
  expect(await items.read('arrived-users/1/other.txt')).toBeUndefined();
});

test('a schedule runs repeatedly', async () => {
  await items.awaited('sweeps', (item) => Number(item.sweeps?.N) >= 3);
});

describe('a container', () => {
  test('runs with the environment of the template and is restarted after a crash', async () => {
    const first = await items.awaited('tick');
    expect(first.text?.S).toBe(String(stack.process('ticker').pid));
    await stack.process('ticker').kill();
    const second = await items.awaited('tick', ({ text }) => text?.S !== first.text?.S);
    expect(second.text?.S).toBe(String(stack.process('ticker').pid));
    expect(stack.process('ticker').restarts).toBe(1);
  });

  test('stays down once stopped, until it is started', async () => {
    await stack.process('ticker').stop();
    expect(stack.process('ticker').pid).toBeUndefined();
    await stack.process('ticker').start();
    expect(stack.process('ticker').pid).toBeGreaterThan(0);
  });
});

test('a killed PostgreSQL is restarted with its data', async () => {
  const { host, port, adminUser, adminPassword } = stack.endpoints.database;
  const connect = async (): Promise<Client> => {
    const client = new Client({ host, port, user: adminUser, password: adminPassword, database: 'postgres' });
    client.on('error', () => {});
    await client.connect();
    return client;
  };
  const before = await connect();
  await before.query('CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)');
  await stack.process('postgres').kill();
  const after = await eventually('PostgreSQL', () => connect().catch(() => undefined), 60);
  expect((await after.query('SELECT id FROM kept')).rows).toEqual([{ id: 7 }]);
  await Promise.all([before.end().catch(() => {}), after.end()]);
});

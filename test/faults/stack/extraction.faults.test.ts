import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SagaEvent } from '../../../functions/contracts/events.ts';
import { clip } from '../../support/clips.ts';
import { someEvent, someSource } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { type FaultStack, startFaultStack } from '../../support/fault-stack.ts';

let faults: FaultStack;

beforeAll(async () => {
  faults = await startFaultStack();
});
afterAll(() => faults.close());

const EXTRACTION = 'ProcessInboxHandler';
const upload = async (): Promise<string> =>
  faults.api.uploadFile(await clip('h264.mp4'), { intervalSeconds: 1 });
const attemptsOf = async (id: string): Promise<unknown[]> => {
  const { items } = await faults.api.client.getTimeline({ id });
  return items
    .filter(({ type }) => type === 'PROCESS_FILE' || type === 'FILE_FAILED')
    .map(({ type, attempt, code, target }) => [type, attempt, code ?? target]);
};
/** Asserts that a second attempt succeeded after the run of the first one crashed. */
const expectRecovered = async (id: string): Promise<void> => {
  await faults.api.untilStatus(id, ['READY']);
  await faults.expectWhole(id);
  await faults.untilSaga(id, 'COMPLETED');
  expect(await faults.eventsOf('process', id)).toEqual(['FILE_FAILED', 'FILE_PROCESSED']);
  expect(await attemptsOf(id)).toEqual([
    ['PROCESS_FILE', 1, 'lambda'],
    ['FILE_FAILED', 1, 'ENGINE_CRASHED'],
    ['PROCESS_FILE', 2, 'fargate'],
  ]);
};

const killExtraction = async (): Promise<void> => {
  const pool = faults.stack.lambda(EXTRACTION);
  await eventually('the extraction to be under way', () => (pool.busyPids.length > 0 ? true : undefined));
  pool.killSandboxes();
};

describe('a process Lambda that is killed', () => {
  it('during the extraction, leaves the work to the next attempt', async () => {
    const id = await upload();
    await faults.untilClaimed(id, 1);
    await faults.whileStorageHangs(killExtraction);
    await expectRecovered(id);
  });

  it('during the upload of the ZIP, leaves no partial ZIP', async () => {
    const id = await upload();
    await eventually('the first frames', async () => {
      const keys = await faults.objectsOf(id);
      return keys.some((key) => key.startsWith('frames/')) ? true : undefined;
    });
    await faults.whileStorageHangs(killExtraction);
    expect((await faults.objectsOf(id)).filter((key) => key.endsWith('.zip'))).toEqual([]);
    await expectRecovered(id);
  });

  it('after the upload of the ZIP and before its row, leaves one ZIP in the end', async () => {
    const id = await upload();
    await faults.untilClaimed(id, 1);
    const client = await faults.pool.connect();
    try {
      // The lock on the row keeps the result from being written, and the lease from being renewed.
      await client.query('BEGIN');
      await client.query('SELECT 1 FROM process.job WHERE video_id = $1 FOR UPDATE', [id]);
      await eventually(
        'the ZIP',
        async () => (await faults.objectsOf(id)).includes('frames.zip') || undefined,
        60,
      );
      await killExtraction();
      await client.query('ROLLBACK');
    } finally {
      client.release();
    }
    await expectRecovered(id);
  });
});

describe('a worker', () => {
  it('that is paused past its lease and its message’s visibility timeout is fenced off when it resumes', async () => {
    const worker = faults.stack.process('worker');
    const second = faults.secondOf('worker');
    const id = await upload();
    await faults.untilClaimed(id, 1);
    await faults.whileStorageHangs(killExtraction);
    await faults.untilClaimed(id, 2);
    try {
      await faults.whileStorageHangs(async () => {
        worker.pause();
        await second.start();
        await eventually(
          'the second worker to receive the message',
          async () => (await faults.logged('worker-2', id)).find((line) => line.includes('"Event received"')),
          60,
        );
        await eventually(
          'the paused run to be given up',
          async () => (await faults.eventsOf('process', id)).length >= 2 || undefined,
          60,
        );
      });
      await faults.api.untilStatus(id, ['READY']);
      worker.resume();
      const fencedOff = await eventually('the paused run to find that it is fenced off', async () =>
        (await faults.logged('worker', 'Run fenced off')).find((line) => line.includes(id)),
      );
      expect(JSON.parse(fencedOff)).toMatchObject({ attempt: 2, fate: 'superseded' });
      await faults.expectWhole(id);
      await faults.untilSaga(id, 'COMPLETED');
      expect(await faults.eventsOf('process', id)).toEqual(['FILE_FAILED', 'FILE_FAILED', 'FILE_PROCESSED']);
      expect(await faults.eventsOf('download', id)).toEqual(['FILE_AVAILABLE']);
    } finally {
      worker.resume();
      await second.stop();
    }
  });

  it('that is told to stop returns its unfinished message without using up an attempt', async () => {
    const worker = faults.stack.process('worker');
    const id = await upload();
    await faults.untilClaimed(id, 1);
    await faults.whileStorageHangs(killExtraction);
    await faults.untilClaimed(id, 2);
    // Stops like ECS: SIGTERM, and SIGKILL only after the container's stop timeout.
    await faults.whileStorageHangs(() => worker.stop());
    await worker.start();
    await expectRecovered(id);
    expect(await faults.logged('worker', 'Worker drains')).not.toEqual([]);
  });

  it('that is killed loses no video', async () => {
    const worker = faults.stack.process('worker');
    const id = await upload();
    await faults.untilClaimed(id, 1);
    await faults.whileStorageHangs(killExtraction);
    await faults.untilClaimed(id, 2);
    await worker.kill();
    await faults.api.untilStatus(id, ['READY']);
    await faults.expectWhole(id);
  });
});

describe('an order of an extraction among the dead letters', () => {
  it('fails its attempt each time, until the saga ends FAILED', async () => {
    const worker = faults.stack.process('worker');
    await worker.stop();
    try {
      const uploaded = someEvent('FILE_UPLOADED', someSource({ claims: { pixels: 7680 * 4320 } }));
      await faults.sendEvent('OrchestratorInboxQueue', uploaded);
      const QueueUrl = faults.stack.queueUrl('ProcessWorkerInboxQueue');
      for (const attempt of [1, 2, 3]) {
        const order = await eventually(
          `the order of attempt ${attempt}`,
          async () => {
            const { Messages: messages = [] } = await faults.sqs.send(
              new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }),
            );
            for (const { Body: body = '', ReceiptHandle } of messages) {
              await faults.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
              const event = SagaEvent.parse(JSON.parse(body));
              if (event.sagaId === uploaded.sagaId) return event;
            }
            return undefined;
          },
          60,
        );
        expect(order).toMatchObject({ type: 'PROCESS_FILE', payload: { attempt } });
        // Moves the order to the dead letters, as SQS does after the last receive.
        await faults.sendEvent('ProcessWorkerInboxDeadLetters', order);
      }
      const saga = await faults.untilSaga(uploaded.sagaId, 'FAILED');
      expect(saga.state).toEqual({ status: 'FAILED', code: 'INTERNAL' });
      expect(await faults.messagesIn('ProcessWorkerInboxDeadLetters')).toBe(0);
    } finally {
      await worker.start();
    }
  });
});

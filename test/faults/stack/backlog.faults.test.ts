import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clip } from '../../support/clips.ts';
import { eventually } from '../../support/eventually.ts';
import { type FaultStack, startFaultStack } from '../../support/fault-stack.ts';

/** Every deadline of a saga, in seconds. All queues and outages below last several times longer. */
const WAIT_SECONDS = 2;
const UPLOADS = 30;

let faults: FaultStack;

beforeAll(async () => {
  faults = await startFaultStack({
    sagaWaitingSeconds: WAIT_SECONDS,
    sagaLambdaSeconds: WAIT_SECONDS,
    sagaWorkerSeconds: WAIT_SECONDS,
    sagaPublishingSeconds: WAIT_SECONDS,
  });
});
afterAll(() => faults.close());

const upload = async (): Promise<string> => faults.api.uploadFile(await clip('short.mp4'));

/** Asserts that the video is READY with a complete ZIP after one extraction. */
const expectExtractedOnce = async (id: string): Promise<void> => {
  await faults.api.untilStatus(id, ['READY'], 240);
  await faults.expectWhole(id);
  await faults.untilSaga(id, 'COMPLETED');
  const { rows } = await faults.pool.query(
    `SELECT count(*)::int AS runs FROM process.outbox
     WHERE saga_id = $1 AND event->>'type' = 'EXTRACTION_STARTED'`,
    [id],
  );
  expect(rows).toEqual([{ runs: 1 }]);
  const told = await faults.eventsOf('process', id);
  expect(new Set(told)).toEqual(new Set(['FILE_PROCESSED']));
};

const secondsPass = (seconds: number) => {
  const end = performance.now() + seconds * 1000;
  return eventually('time to pass', () => performance.now() >= end || undefined, seconds + 30);
};

describe('a saga that has to wait for longer than its deadlines', () => {
  it('in a queue behind many others, ends READY after one extraction', async () => {
    const ids = await Promise.all(Array.from({ length: UPLOADS }, upload));
    for (const id of ids) await expectExtractedOnce(id);
  });

  it('for a relay, ends READY after one extraction once the relay is started', async () => {
    const relay = faults.stack.process('relay');
    await relay.stop();
    const id = await upload();
    try {
      await faults.untilStored('upload', id, 'FILE_UPLOADED');
      await secondsPass(WAIT_SECONDS * 5);
    } finally {
      await relay.start();
    }
    await expectExtractedOnce(id);
  });

  it('for Redis while its ZIP waits to be available, ends READY after one extraction', async () => {
    const redis = faults.stack.process('redis');
    const client = await faults.pool.connect();
    let id: string;
    try {
      // The download context cannot register the result, so FILE_AVAILABLE comes after several deadlines have passed.
      await client.query('BEGIN');
      await client.query('LOCK TABLE download.artifact IN ACCESS EXCLUSIVE MODE');
      id = await upload();
      await faults.untilStored('process', id, 'FILE_PROCESSED');
      await faults.untilSaga(id, 'PUBLISHING');
      await redis.stop();
      await client.query('ROLLBACK');
      await secondsPass(WAIT_SECONDS * 5);
    } finally {
      client.release(true);
      await redis.start();
    }
    await expectExtractedOnce(id);
  });
});

import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FrameFlowError } from '../../../client/index.ts';
import { relayedKey } from '../../../functions/contracts/channel.ts';
import { SagaEvent } from '../../../functions/contracts/events.ts';
import { CreatedVideo } from '../../../functions/contracts/http.ts';
import { EventId } from '../../../functions/contracts/ids.ts';
import { clip } from '../../support/clips.ts';
import { eventually } from '../../support/eventually.ts';
import { type FaultStack, startFaultStack } from '../../support/fault-stack.ts';
import { postForm } from '../../support/post-form.ts';

let faults: FaultStack;

beforeAll(async () => {
  faults = await startFaultStack();
});
afterAll(() => faults.close());

const upload = async (): Promise<string> => faults.api.uploadFile(await clip('short.mp4'));
/** Uploads like a client that retries after a 503. */
const uploadPatiently = (): Promise<string> =>
  eventually('an upload to be accepted', () =>
    upload().catch((error: unknown) => {
      if (error instanceof FrameFlowError && error.status === 503) return undefined;
      throw error;
    }),
  );
const expectReadyOnce = async (id: string): Promise<void> => {
  await faults.api.untilStatus(id, ['READY']);
  await faults.expectWhole(id);
  await faults.untilSaga(id, 'COMPLETED');
  await faults.expectOnce(id);
};
const subscribers = async (): Promise<unknown> => (await faults.redis.pubsub('NUMSUB', 'saga_events'))[1];
const eventIdOf = async (id: string): Promise<EventId> => {
  const { rows } = await faults.pool.query<{ event_id: string }>(
    `SELECT event_id FROM upload.outbox WHERE saga_id = $1 AND event->>'type' = 'FILE_UPLOADED'`,
    [id],
  );
  return EventId.parse(rows[0]?.event_id);
};

/** Waits for a video's row and locks it. @returns a function that releases the lock */
const holdRow = async (from: string, id: string): Promise<() => Promise<void>> => {
  const client = await faults.pool.connect();
  await eventually('the row', async () => {
    await client.query('BEGIN');
    const { rowCount } = await client.query(`SELECT 1 FROM ${from} video_id = $1 FOR UPDATE`, [id]);
    if (rowCount === 1) return true;
    await client.query('ROLLBACK');
    return undefined;
  });
  return async () => {
    await client.query('ROLLBACK');
    client.release();
  };
};

describe('no subscriber when the event is published', () => {
  /** Stops the relay, lets `act` store an event that is published without a subscriber, and starts the relay. */
  const withoutRelay = async (act: () => Promise<void>): Promise<void> => {
    const relay = faults.stack.process('relay');
    await relay.stop();
    try {
      await act();
      expect(await subscribers()).toBe(0);
    } finally {
      await relay.start();
    }
  };

  it('is repaired by the sweeper of the upload context', async () => {
    let id = '';
    await withoutRelay(async () => {
      id = await upload();
      await faults.untilStored('upload', id, 'FILE_UPLOADED');
    });
    await expectReadyOnce(id);
  });

  it('is repaired by the sweeper of the orchestrator', async () => {
    let id = '';
    await withoutRelay(async () => {
      id = await upload();
      await faults.untilStored('upload', id, 'FILE_UPLOADED');
      const { rows } = await faults.pool.query(
        `SELECT event FROM upload.outbox WHERE saga_id = $1 AND event->>'type' = 'FILE_UPLOADED'`,
        [id],
      );
      // The test delivers this event, so that the lost event is the order that it causes.
      await faults.sendEvent('OrchestratorInboxQueue', SagaEvent.parse(rows[0]?.event));
      await faults.untilSaga(id, 'PROCESSING');
    });
    await expectReadyOnce(id);
  });

  it('is repaired by the sweeper of the process context', async () => {
    const id = await upload();
    const release = await holdRow(`process.job WHERE status = 'RUNNING' AND`, id);
    await withoutRelay(async () => {
      await release();
      await faults.untilStored('process', id, 'FILE_PROCESSED');
    });
    await expectReadyOnce(id);
  });

  it('is repaired by the sweeper of the download context', async () => {
    const id = await upload();
    const release = await holdRow(`download.artifact WHERE state = 'PENDING' AND`, id);
    const { logicalId } = faults.stack.lambda('DownloadInboxHandler').model;
    await eventually('FILE_PROCESSED at the download context', async () =>
      (await faults.logged(logicalId, id)).find((line) => line.includes('FILE_PROCESSED')),
    );
    await faults.untilSaga(id, 'PUBLISHING');
    await withoutRelay(async () => {
      await release();
      await faults.untilStored('download', id, 'FILE_AVAILABLE');
    });
    await expectReadyOnce(id);
  });
});

describe('a relay that is frozen, then killed, with messages in its socket', () => {
  it('loses none of them permanently', async () => {
    const relay = faults.stack.process('relay');
    await eventually('the subscription', async () => ((await subscribers()) === 1 ? true : undefined));
    relay.pause();
    const id = await upload();
    await faults.untilStored('upload', id, 'FILE_UPLOADED');
    // Redis still counts the frozen relay as a subscriber, so it regards the message as delivered.
    expect(await subscribers()).toBe(1);
    await relay.kill();
    await expectReadyOnce(id);
  });
});

describe('a relay that crashes between receiving an event and sending it', () => {
  it('loses none of them permanently', async () => {
    const relay = faults.stack.process('relay');
    await relay.stop();
    const id = await upload();
    await faults.untilStored('upload', id, 'FILE_UPLOADED');
    const queues = faults.stack.process('sqs');
    queues.pause();
    try {
      await relay.start();
      await eventually('the subscription', async () => ((await subscribers()) === 1 ? true : undefined));
      // The sweeper publishes, the relay receives, and its call to SQS hangs. When the event is published for the
      // second time, the relay has already received the first copy.
      for (const time of ['first', 'second']) {
        const { rows } = await faults.pool.query<{ now: Date }>('SELECT now()');
        await eventually(`the event to be published for the ${time} time`, async () => {
          const published = `SELECT 1 FROM upload.outbox
            WHERE saga_id = $1 AND event->>'type' = 'FILE_UPLOADED' AND published_at > $2`;
          const { rowCount } = await faults.pool.query(published, [id, rows[0]?.now]);
          return rowCount || undefined;
        });
      }
      await relay.kill();
    } finally {
      queues.resume();
    }
    await expectReadyOnce(id);
  });
});

describe('a relay that crashes after SQS accepted the event and before its acknowledgement', () => {
  it('sends the event a second time, without effect', async () => {
    const relay = faults.stack.process('relay');
    const id = await upload();
    await faults.untilStored('upload', id, 'FILE_UPLOADED');
    const key = relayedKey(await eventIdOf(id));
    await eventually('the acknowledgement', async () => (await faults.redis.exists(key)) || undefined);
    await relay.kill();
    await faults.redis.del(key);
    await faults.pool.query('UPDATE upload.outbox SET closed_at = NULL WHERE saga_id = $1', [id]);
    await eventually(
      'the second acknowledgement',
      async () => (await faults.redis.exists(key)) || undefined,
      60,
    );
    await expectReadyOnce(id);
  });
});

describe('two relays at once', () => {
  it('have the effect of one', async () => {
    const second = faults.secondOf('relay');
    await second.start();
    try {
      await eventually(
        'both subscriptions',
        async () => ((await subscribers()) === 2 ? true : undefined),
        60,
      );
      const ids = await Promise.all([upload(), upload(), upload()]);
      for (const id of ids) await expectReadyOnce(id);
      expect((await faults.logged('relay-2', 'Event relayed')).length).toBeGreaterThan(0);
    } finally {
      await second.stop();
    }
  });
});

describe('Redis killed and restarted under load', () => {
  it('delays the videos but needs no manual step', async () => {
    const redis = faults.stack.process('redis');
    const ids = [await upload(), await upload()];
    await redis.kill();
    ids.push(await uploadPatiently());
    await eventually('Redis to be back', async () => ((await faults.redis.ping()) ? true : undefined), 60);
    await redis.kill();
    ids.push(await uploadPatiently());
    for (const id of ids) await expectReadyOnce(id);
  });

  it('has no other effect when it loses its data', async () => {
    const ids: string[] = [];
    for (let video = 0; video < 3; video += 1) {
      const id = await upload();
      ids.push(id);
      await faults.untilStored('upload', id, 'FILE_UPLOADED');
      const key = relayedKey(await eventIdOf(id));
      await eventually('the acknowledgement', async () => (await faults.redis.exists(key)) || undefined);
      await faults.redis.flushall();
    }
    for (const id of ids) {
      await expectReadyOnce(id);
      // Events with a lost acknowledgement are republished without effect, and then closed.
      await faults.untilSettled(id);
      await faults.expectOnce(id);
    }
  });
});

describe('the logs of a video', () => {
  it('contain the correlation id of the call that created it, from the API to the ZIP', async () => {
    const path = await clip('short.mp4');
    const { size } = await stat(path);
    const body = { fileName: 'short.mp4', sizeBytes: size };
    const answer = await faults.api.call('POST', '/videos', { body });
    const correlationId = answer.headers.get('x-correlation-id') ?? 'none';
    const video = CreatedVideo.parse(await answer.json());
    await postForm(video.upload, await openAsBlob(path));
    await faults.untilSaga(video.id, 'COMPLETED');
    const logOf = (fn: string) => faults.stack.lambda(fn).model.logicalId;
    const places: [string, string][] = [
      [logOf('UploadHttp'), 'Request'],
      [logOf('UploadObjectCreatedHandler'), 'Event published'],
      ['relay', 'Event relayed'],
      [logOf('OrchestratorInboxHandler'), 'Saga moved'],
      [logOf('ProcessInboxHandler'), 'Attempt taken on'],
      [logOf('ProcessInboxHandler'), 'Attempt done'],
      [logOf('DownloadInboxHandler'), 'Event received'],
      [logOf('UploadInboxHandler'), 'Event received'],
    ];
    for (const [log, message] of places) {
      await eventually(`${message} in the log of ${log}`, async () => {
        const lines = await faults.logged(log, correlationId);
        return lines.some((line) => line.includes(`"${message}"`)) || undefined;
      });
    }
    for (const log of [logOf('UploadSweep'), logOf('OrchestratorInboxHandler')])
      expect((await faults.logged(log, '"_aws"')).length, log).toBeGreaterThan(0);
  });
});

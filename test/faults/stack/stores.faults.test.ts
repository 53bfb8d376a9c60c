import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Video } from '../../../functions/contracts/http.ts';
import type { ManagedProcess } from '../../../local/processes/managed-process.ts';
import { ApiUser } from '../../support/api-user.ts';
import { clip } from '../../support/clips.ts';
import { someEvent, someSource } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { type FaultStack, startFaultStack } from '../../support/fault-stack.ts';
import { postForm } from '../../support/post-form.ts';

let faults: FaultStack;

beforeAll(async () => {
  faults = await startFaultStack();
});
afterAll(() => faults.close());

const upload = async (): Promise<string> => faults.api.uploadFile(await clip('short.mp4'));
const create = async () => {
  const path = await clip('short.mp4');
  const { size } = await stat(path);
  const video = await faults.api.client.createVideo({ fileName: 'short.mp4', sizeBytes: size });
  return { video, send: async () => postForm(video.upload, await openAsBlob(path)) };
};
/** Like `api.untilStatus`, but tolerates outages of the API. */
const untilReady = (id: string) =>
  eventually(
    `video ${id} to be READY`,
    async () => {
      const answer = await faults.api.call('GET', `/videos/${id}`);
      if (answer.status !== 200) return undefined;
      return Video.parse(await answer.json()).status === 'READY' ? true : undefined;
    },
    120,
  );
const expectUnavailable = async (answer: Response): Promise<void> => {
  expect(answer.status).toBe(503);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await answer.json()).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
};

describe('PostgreSQL', () => {
  it('loses no video and causes no duplicate when it is killed during their processing', async () => {
    const postgres = faults.stack.process('postgres');
    const ids: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      ids.push(await upload());
      await postgres.kill();
      await eventually(
        'PostgreSQL to be back',
        () =>
          faults.pool.query('SELECT 1').then(
            () => true,
            () => undefined,
          ),
        60,
      );
      await eventually(
        'the API to be back',
        async () => {
          const answer = await faults.api.call('GET', '/videos');
          return answer.status === 200 ? true : undefined;
        },
        60,
      );
    }
    for (const id of ids) {
      await untilReady(id);
      await faults.expectWhole(id);
      expect(await faults.eventsOf('upload', id)).toEqual(['VIDEO_CREATED', 'FILE_UPLOADED']);
      const processed = (await faults.eventsOf('process', id)).filter((type) => type === 'FILE_PROCESSED');
      expect(processed).toHaveLength(1);
      expect(await faults.eventsOf('download', id)).toEqual(['FILE_AVAILABLE']);
    }
  });

  it('fails no living run when it is away for longer than every lease', async () => {
    const postgres = faults.stack.process('postgres');
    const id = await upload();
    await faults.untilClaimed(id, 1);
    const { rows } = await faults.pool.query('SELECT run_id FROM process.job WHERE video_id = $1', [id]);
    await faults.whileStorageHangs(async () => {
      await postgres.stop();
      // The lease of this stack is 6 s long.
      await setTimeout(9_000);
      await postgres.start();
      await eventually(
        'the sweeper to have looked at the lapsed lease, and the run to have renewed it',
        async () => {
          const found = await faults.pool
            .query('SELECT lease_expires_at > now() AS leased FROM process.job WHERE video_id = $1', [id])
            .catch(() => ({ rows: [] }));
          return found.rows[0]?.leased === true || undefined;
        },
        60,
      );
    });
    await untilReady(id);
    const after = await faults.pool.query('SELECT run_id FROM process.job WHERE video_id = $1', [id]);
    expect(after.rows).toEqual(rows);
    expect(await faults.eventsOf('process', id)).toEqual(['FILE_PROCESSED']);
  });

  it('causes 503 on every route and in the authorizer while it is away, and none once it is back', async () => {
    const postgres = faults.stack.process('postgres');
    const stranger = await ApiUser.register(faults.stack.url);
    await postgres.stop();
    try {
      const body = { email: 'user@example.com', password: 'a password' };
      await expectUnavailable(await faults.api.call('POST', '/auth/login', { body }));
      // The gateway's cache has the authorizer's answer for this user but not for the stranger.
      await expectUnavailable(await faults.api.call('GET', '/videos'));
      await expectUnavailable(await stranger.call('GET', '/videos'));
    } finally {
      await postgres.start();
    }
    for (const client of [faults.api, stranger]) {
      await eventually(
        'an answer',
        async () => {
          const { status } = await client.call('GET', '/videos');
          return status === 200 ? true : undefined;
        },
        60,
      );
    }
  });
});

describe.each([
  ['stopped', (redis: ManagedProcess) => redis.stop(), (redis: ManagedProcess) => redis.start()],
  ['frozen', (redis: ManagedProcess) => redis.pause(), (redis: ManagedProcess) => redis.resume()],
] as const)('Redis %s', (_, takeAway, bringBack) => {
  it('causes 503 for new users, logins and videos, while existing videos continue, until it is back', async () => {
    const redis = faults.stack.process('redis');
    const ready = await upload();
    await faults.api.untilStatus(ready, ['READY']);
    const { video, send } = await create();
    const credentials = { email: `${video.id}@example.com`, password: 'a quiet river at dawn' };
    const request = { fileName: `${video.id}.mp4`, sizeBytes: 1000 };
    await takeAway(redis);
    try {
      await expectUnavailable(await faults.api.call('POST', '/auth/register', { body: credentials }));
      await expectUnavailable(await faults.api.call('POST', '/auth/login', { body: credentials }));
      await expectUnavailable(await faults.api.call('POST', '/videos', { body: request }));

      expect((await send()).status).toBe(204);
      await faults.untilStored('upload', video.id, 'FILE_UPLOADED');
      await faults.api.client.listVideos();
      await faults.api.client.getTimeline({ id: video.id });
      await faults.api.client.getDownload({ id: ready });
      await faults.api.client.listFrames({ id: ready });
      expect((await faults.api.client.getVideo({ id: video.id })).status).toBe('UPLOADED');
    } finally {
      await bringBack(redis);
    }
    await faults.api.untilStatus(video.id, ['READY']);
    await faults.expectWhole(video.id);

    const open = async (status: number, path: string, body: unknown) =>
      eventually(`${path} to answer ${status}`, async () => {
        const answer = await faults.api.call('POST', path, { body });
        if (answer.status !== 503) expect(answer.status).toBe(status);
        return answer.status === status || undefined;
      });
    // If the refused registration had been carried out, this one would get 409.
    await open(201, '/auth/register', credentials);
    await open(200, '/auth/login', credentials);
    await open(201, '/videos', request);
    const { items } = await faults.api.client.listVideos();
    expect(items.filter(({ fileName }) => fileName === request.fileName)).toHaveLength(1);
  });
});

describe('a client that crashes', () => {
  it('right after its upload still has its video processed', async () => {
    const { video, send } = await create();
    expect((await send()).status).toBe(204);
    const saga = await faults.untilSaga(video.id, 'COMPLETED');
    expect(saga.journal.map(({ type }) => type)).toContain('FILE_AVAILABLE');
  });

  it('before its upload leaves a video that expires, with its row but without objects', async () => {
    const { video } = await create();
    await faults.pool.query(
      `UPDATE upload.video SET form_expires_at = now() - interval '2 minutes' WHERE id = $1`,
      [video.id],
    );
    await faults.api.untilStatus(video.id, ['EXPIRED']);
    expect(await faults.objectsOf(video.id)).toEqual([]);
    const { items } = await faults.api.client.getTimeline({ id: video.id });
    expect(items.map(({ type }) => type)).toEqual(['VIDEO_CREATED', 'UPLOAD_EXPIRED']);
  });

  it('has its video processed when S3 announces the upload after the video has expired', async () => {
    const { video, send } = await create();
    await faults.pool.query(
      `UPDATE upload.video SET form_expires_at = now() - interval '2 minutes' WHERE id = $1`,
      [video.id],
    );
    await faults.api.untilStatus(video.id, ['EXPIRED']);
    await send();
    await faults.api.untilStatus(video.id, ['READY']);
  });
});

describe('poison', () => {
  const INBOXES = ['UploadInboxQueue', 'DownloadInboxQueue', 'OrchestratorInboxQueue'];

  it('ends among the dead letters and blocks no other message', async () => {
    const good = someEvent('FILE_UPLOADED', someSource());
    const poison = [
      '{"type":',
      JSON.stringify({ ...good, version: 2 }),
      JSON.stringify({ ...good, type: 'FILE_EATEN' }),
      JSON.stringify({ ...good, payload: { fileName: 'only.mp4' } }),
    ];
    for (const queue of INBOXES)
      for (const [position, body] of poison.entries()) await faults.send(queue, body, `poison-${position}`);
    const id = await upload();
    await faults.api.untilStatus(id, ['READY']);
    for (const queue of INBOXES) {
      const deadLetters = queue.replace(/Queue$/, 'DeadLetters');
      await eventually(
        `the dead letters of ${queue}`,
        async () => ((await faults.messagesIn(deadLetters)) === poison.length ? true : undefined),
        180,
      );
    }
  });

  it('stays in the dead letters of the extraction for the operator', async () => {
    await faults.send('ProcessInboxDeadLetters', 'no event', 'poison');
    await eventually(
      'it to be received',
      async () => {
        const lines = await faults.logged(
          faults.stack.lambda('ProcessDeadLetters').model.logicalId,
          'Poison message',
        );
        return lines.length > 0 ? true : undefined;
      },
      60,
    );
    expect(await faults.messagesIn('ProcessInboxDeadLetters')).toBe(1);
  });
});

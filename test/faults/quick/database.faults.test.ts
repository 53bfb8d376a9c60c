import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { DatabaseEnv } from '../../../functions/shared/config/schemas.ts';
import { createPool } from '../../../functions/shared/database/pool.ts';
import { consumeOnce } from '../../../functions/shared/inbox/consume-once.ts';
import { someEvent, someOrigin, somePayload } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { deliverEvents } from '../../support/sqs-event.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { someUser, startUploadContext, type UploadContextUnderTest } from '../../support/upload-context.ts';

/** Bytes that are detected as an MP4. */
const MP4 = Buffer.concat([
  Buffer.from([0, 0, 0, 24]),
  Buffer.from('ftypisom\0\0\x02\0isomiso2', 'latin1'),
  Buffer.alloc(976),
]);

let proxy: TcpProxy;
let upload: UploadContextUnderTest;

beforeAll(async () => {
  proxy = await startTcpProxy(inject('services').postgres);
  upload = await startUploadContext({ DATABASE_HOST: '127.0.0.1', DATABASE_PORT: String(proxy.port) });
});
afterAll(async () => {
  await upload.close();
  await proxy.close();
});

const toldOf = async (sagaId: string): Promise<string[]> => {
  const { rows } = await upload.pool.query<{ type: string }>(
    `SELECT event->>'type' AS type FROM outbox WHERE saga_id = $1 ORDER BY created_at`,
    [sagaId],
  );
  return rows.map((row) => row.type);
};

describe('a commit whose answer is lost', () => {
  it('of a creation, results in one video and one VIDEO_CREATED when the client repeats its call', async () => {
    const userId = someUser();
    const headers = { 'Idempotency-Key': 'k' };
    const body = { fileName: 'holiday.mp4', sizeBytes: MP4.length };
    const lost = proxy.loseAnswerTo('COMMIT');
    expect((await upload.call(userId, 'POST', '/videos', { body, headers })).status).toBe(503);
    await lost;
    const video = await upload.create(userId, body, headers);
    expect(await toldOf(video.id)).toEqual(['VIDEO_CREATED']);
    expect((await upload.call(userId, 'GET', '/videos')).body).toMatchObject({ items: [{ id: video.id }] });
    const { rows } = await upload.pool.query('SELECT 1 FROM video WHERE user_id = $1', [userId]);
    expect(rows).toHaveLength(1);
  });

  it('of an accepted source, is repeated without a second effect', async () => {
    const userId = someUser();
    const video = await upload.create(userId, { sizeBytes: MP4.length });
    const key = upload.keyOf(userId, video.id);
    await upload.objects.put(key, MP4);
    const lost = proxy.loseAnswerTo('COMMIT');
    expect(await upload.announce(key)).toEqual([0]);
    await lost;
    expect(await toldOf(video.id)).toEqual(['VIDEO_CREATED', 'FILE_UPLOADED']);
    expect(await upload.announce(key)).toEqual([]);
    expect(await toldOf(video.id)).toEqual(['VIDEO_CREATED', 'FILE_UPLOADED']);
    expect((await upload.get(userId, video.id)).status).toBe('UPLOADED');
  });

  it('of a step of the saga, shows the step once', async () => {
    const userId = someUser();
    const video = await upload.create(userId);
    const origin = { ...someOrigin(), sagaId: video.id, userId };
    const event = someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE(), origin);
    const lost = proxy.loseAnswerTo('COMMIT');
    expect(await deliverEvents(upload.inbox, event)).toEqual([0]);
    await lost;
    expect(await deliverEvents(upload.inbox, event)).toEqual([]);
    const { rows } = await upload.pool.query('SELECT type FROM timeline WHERE event_id = $1', [event.id]);
    expect(rows).toHaveLength(1);
    expect((await upload.get(userId, video.id)).status).toBe('READY');
    // The inbox recognises it by its id alone, without the other guards.
    expect(await consumeOnce(upload.pool, event)).toBe(false);
  });
});

describe('a commit that never reaches the database', () => {
  it('of an accepted source, is repeated by the next delivery', async () => {
    const userId = someUser();
    const video = await upload.create(userId, { sizeBytes: MP4.length });
    const key = upload.keyOf(userId, video.id);
    await upload.objects.put(key, MP4);
    const lost = proxy.loseRequest('COMMIT');
    expect(await upload.announce(key)).toEqual([0]);
    await lost;
    expect(await toldOf(video.id)).toEqual(['VIDEO_CREATED']);
    expect((await upload.get(userId, video.id)).status).toBe('AWAITING_UPLOAD');
    expect(await upload.announce(key)).toEqual([]);
    expect(await toldOf(video.id)).toEqual(['VIDEO_CREATED', 'FILE_UPLOADED']);
  });

  it('of a step of the saga, leaves the event to be consumed again', async () => {
    const userId = someUser();
    const video = await upload.create(userId);
    const origin = { ...someOrigin(), sagaId: video.id, userId };
    const event = someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE(), origin);
    const lost = proxy.loseRequest('COMMIT');
    expect(await deliverEvents(upload.inbox, event)).toEqual([0]);
    await lost;
    expect((await upload.get(userId, video.id)).status).toBe('AWAITING_UPLOAD');
    expect(await deliverEvents(upload.inbox, event)).toEqual([]);
    expect((await upload.get(userId, video.id)).status).toBe('READY');
  });
});

describe('a consumer that freezes during its transaction', () => {
  it('blocks other changes of the same video only for seconds, not until it thaws', async () => {
    const userId = someUser();
    const video = await upload.create(userId);
    const origin = { ...someOrigin(), sagaId: video.id, userId };
    const pool = createPool(DatabaseEnv.parse(process.env));
    const frozen = await pool.connect();
    try {
      await frozen.query('BEGIN');
      await frozen.query('SELECT 1 FROM video WHERE id = $1 FOR UPDATE', [video.id]);
      const event = someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE(), origin);
      await eventually(
        'the event to be consumed',
        async () => ((await deliverEvents(upload.inbox, event)).length === 0 ? true : undefined),
        60,
      );
      expect((await upload.get(userId, video.id)).status).toBe('READY');
    } finally {
      frozen.release(true);
      await pool.end();
    }
  });
});

const UNKNOWN = '/videos/0198e6b4-0000-7000-8000-000000000000';

describe('a connection that has silently died', () => {
  it('costs a change only a new connection', async () => {
    const userId = someUser();
    await upload.create(userId);
    proxy.silence();
    const answer = await upload.call(userId, 'DELETE', UNKNOWN);
    expect([answer.status, answer.body]).toMatchObject([404, { code: 'VIDEO_NOT_FOUND' }]);
  });
});

describe('a database that hangs', () => {
  it('causes 503 with Retry-After until it answers again', async () => {
    const userId = someUser();
    await upload.create(userId);
    proxy.takeAway('frozen');
    const answer = await upload.call(userId, 'DELETE', UNKNOWN);
    expect([answer.status, answer.body]).toMatchObject([503, { code: 'UNAVAILABLE' }]);
    expect(answer.headers['retry-after']).toBe('5');
    proxy.bringBack();
    expect((await upload.call(userId, 'GET', '/videos')).status).toBe(200);
  });
});

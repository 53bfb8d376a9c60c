import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { CreatedVideo } from '../../../functions/contracts/http.ts';
import { CorrelationId, type UserId, VideoId } from '../../../functions/contracts/ids.ts';
import { someEvent } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { mp4Like } from '../../support/media.ts';
import { deliverEvents } from '../../support/sqs-event.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { someUser, startUploadContext, type UploadContextUnderTest } from '../../support/upload-context.ts';

let proxy: TcpProxy;
let upload: UploadContextUnderTest;

beforeAll(async () => {
  const { hostname: host, port } = new URL(inject('services').redisUrl);
  proxy = await startTcpProxy({ host, port: Number(port) });
  upload = await startUploadContext({ REDIS_URL: `redis://127.0.0.1:${proxy.port}` });
});
afterEach(() => proxy.bringBack());
afterAll(async () => {
  await upload.close();
  await proxy.close();
});

const request = { fileName: 'holiday.mp4', sizeBytes: 100 };
const post = (userId: UserId, key?: string) =>
  upload.call(userId, 'POST', '/videos', {
    body: request,
    ...(key && { headers: { 'idempotency-key': key } }),
  });
/** Creates a video like a client that retries after a 503. */
const create = (userId: UserId, key?: string): Promise<CreatedVideo> =>
  eventually('a video to be accepted', async () => {
    const { status, body } = await post(userId, key);
    return status === 503 ? undefined : CreatedVideo.parse(body);
  });

describe.each(['stopped', 'frozen'] as const)('while Redis is %s', (how) => {
  test('a new video is refused with 503 and Retry-After, and nothing is stored', async () => {
    const userId = someUser();
    await create(userId);
    proxy.takeAway(how);
    const answer = await post(userId);
    expect(answer).toMatchObject({ status: 503, body: { code: 'UNAVAILABLE' } });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect((await upload.call(userId, 'GET', '/videos')).body).toMatchObject({ items: [{}] });
    const { rows } = await upload.pool.query('SELECT 1 FROM video WHERE user_id = $1', [userId]);
    expect(rows).toHaveLength(1);

    proxy.bringBack();
    await create(userId);
  });

  test('a repeated creation waits for Redis like a new one, and gives the same video', async () => {
    const userId = someUser();
    const { id } = await create(userId, 'a key');
    proxy.takeAway(how);
    expect((await post(userId, 'a key')).status).toBe(503);
    proxy.bringBack();
    expect((await create(userId, 'a key')).id).toBe(id);
  });

  test('an existing video can be received, followed, read and deleted, and its events wait in the outbox', async () => {
    const userId = someUser();
    const { id } = await create(userId);
    proxy.takeAway(how);
    await upload.objects.put(upload.keyOf(userId, id), mp4Like(100));
    expect(await upload.announce(upload.keyOf(userId, id))).toEqual([]);
    const payload = { attempt: 1, target: 'lambda' } as const;
    const origin = { sagaId: VideoId.parse(id), userId, correlationId: CorrelationId.parse('c') };
    expect(await deliverEvents(upload.inbox, someEvent('EXTRACTION_STARTED', payload, origin))).toEqual([]);

    expect(await upload.get(userId, id)).toMatchObject({ status: 'PROCESSING' });
    expect((await upload.call(userId, 'GET', '/videos')).status).toBe(200);
    expect((await upload.call(userId, 'GET', `/videos/${id}/events`)).status).toBe(200);
    expect((await upload.call(userId, 'DELETE', `/videos/${id}`)).status).toBe(202);
    const { rows } = await upload.pool.query(
      `SELECT event->>'type' AS type FROM outbox WHERE saga_id = $1 AND closed_at IS NULL ORDER BY created_at`,
      [id],
    );
    expect(rows).toEqual([{ type: 'VIDEO_CREATED' }, { type: 'FILE_UPLOADED' }, { type: 'FILE_DELETED' }]);
  });

  test('the sweep still settles uploads, and then fails because it cannot publish', async () => {
    const userId = someUser();
    const { id } = await create(userId);
    // A deletion, so that the sweep has an event to publish.
    await upload.call(userId, 'DELETE', `/videos/${(await create(userId)).id}`);
    proxy.takeAway(how);
    await upload.pool.query(`UPDATE video SET form_expires_at = now() - interval '2 minutes' WHERE id = $1`, [
      id,
    ]);
    await upload.pool.query(`UPDATE outbox SET published_at = now() - interval '1 minute'`);
    await expect(upload.sweep()).rejects.toThrow();
    expect(await upload.get(userId, id)).toMatchObject({ status: 'EXPIRED' });
  });
});

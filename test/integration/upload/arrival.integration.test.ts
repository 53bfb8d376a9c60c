import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SAGA_EVENTS_CHANNEL } from '../../../functions/contracts/channel.ts';
import { FileUploaded } from '../../../functions/contracts/events.ts';
import { Timeline } from '../../../functions/contracts/http.ts';
import type { UserId } from '../../../functions/contracts/ids.ts';
import { eventually } from '../../support/eventually.ts';
import { media, mp4Like } from '../../support/media.ts';
import { connectRedis } from '../../support/services.ts';
import { deliverBodies } from '../../support/sqs-event.ts';
import { someUser, startUploadContext, type UploadContextUnderTest } from '../../support/upload-context.ts';

let upload: UploadContextUnderTest;
const subscriber = connectRedis();
const heard: string[] = [];

beforeAll(async () => {
  upload = await startUploadContext();
  subscriber.on('message', (_, message) => heard.push(message));
  await subscriber.subscribe(SAGA_EVENTS_CHANNEL);
});
afterAll(async () => {
  await upload.close();
  subscriber.disconnect();
});

const timelineOf = async (user: UserId, id: string) =>
  Timeline.parse((await upload.call(user, 'GET', `/videos/${id}/events`)).body).items;

const uploadedEvents = async (id: string): Promise<FileUploaded[]> => {
  const { rows } = await upload.pool.query(
    `SELECT event FROM outbox WHERE saga_id = $1 AND event->>'type' = 'FILE_UPLOADED'`,
    [id],
  );
  return rows.map((row) => FileUploaded.parse(row.event));
};

/** Creates a video and stores its source. */
const uploaded = async (content: Uint8Array, request: Record<string, unknown> = {}) => {
  const user = someUser();
  const video = await upload.create(user, { sizeBytes: content.length, ...request });
  const key = video.upload.fields.key ?? '';
  await upload.objects.put(key, content);
  return { user, id: video.id, key };
};

/** Makes a video's form expire. */
const expireForm = (id: string) =>
  upload.pool.query(`UPDATE video SET form_expires_at = now() - interval '2 minutes' WHERE id = $1`, [id]);

describe('an object that arrived', () => {
  test('starts the saga with the facts of S3 and of the bytes', async () => {
    const { user, id, key } = await uploaded(mp4Like(5000), { fileName: 'Holiday.AVI' });
    expect(await upload.announce(key)).toEqual([]);
    expect(await upload.get(user, id)).toMatchObject({ status: 'UPLOADED' });
    const [event, ...others] = await uploadedEvents(id);
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      sagaId: id,
      userId: user,
      causationId: null,
      payload: {
        fileName: 'Holiday.AVI',
        storageKey: key,
        sizeBytes: 5000,
        container: 'mp4',
        intervalSeconds: 10,
        etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      },
    });
    const { rows } = await upload.pool.query('SELECT correlation_id FROM video WHERE id = $1', [id]);
    expect(event?.correlationId).toBe(rows[0].correlation_id);
    await eventually('the event on the channel', () =>
      heard.find((message) => message.includes(event?.id ?? '')),
    );
    expect((await timelineOf(user, id)).map((entry) => entry.type)).toEqual([
      'VIDEO_CREATED',
      'FILE_UPLOADED',
    ]);
  });

  test('starts the saga once after repeated and simultaneous announcements', async () => {
    const { user, id, key } = await uploaded(mp4Like(100));
    await Promise.all([upload.announce(key, key), upload.announce(key), upload.announce(key)]);
    await upload.announce(key);
    expect(await uploadedEvents(id)).toHaveLength(1);
    expect(await timelineOf(user, id)).toHaveLength(2);
  });

  test.each([
    ['not a video', Buffer.from('<html>'.repeat(20)), 'UNSUPPORTED_CONTAINER'],
    ['a playlist', Buffer.from('#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n'), 'UNSUPPORTED_CONTAINER'],
    ['a picture in the same file format', media.ftyp('heic', 'mif1'), 'UNSUPPORTED_CONTAINER'],
  ])('fails its video when it is %s, and starts no saga', async (_, content, code) => {
    const { user, id, key } = await uploaded(content);
    expect(await upload.announce(key, key)).toEqual([]);
    expect(await upload.get(user, id)).toMatchObject({ status: 'FAILED', failure: { code } });
    expect(await uploadedEvents(id)).toEqual([]);
    expect(await timelineOf(user, id)).toEqual([
      expect.objectContaining({ type: 'VIDEO_CREATED' }),
      expect.objectContaining({ type: 'UPLOAD_REFUSED', code, message: expect.any(String) }),
    ]);
  });

  test('fails its video when it has another size than declared', async () => {
    const { user, id, key } = await uploaded(mp4Like(100), { sizeBytes: 101 });
    await upload.announce(key);
    expect(await upload.get(user, id)).toMatchObject({
      status: 'FAILED',
      failure: { code: 'SIZE_MISMATCH' },
    });
    expect(await uploadedEvents(id)).toEqual([]);
  });

  test('is removed if its video is unknown or deleted, or if its key differs in name or case', async () => {
    const unknown = upload.keyOf(someUser(), randomUUID());
    const deleted = await uploaded(mp4Like(100));
    await upload.call(deleted.user, 'DELETE', `/videos/${deleted.id}`);
    const own = await uploaded(mp4Like(100));
    const misnamed = own.key.replace('.mp4', '.avi');
    const shouted = own.key.replace(own.id, own.id.toUpperCase());
    const strays = [unknown, misnamed, shouted];
    for (const key of strays) await upload.objects.put(key, mp4Like(100));
    expect(await upload.announce(...strays, deleted.key)).toEqual([]);
    for (const key of [...strays, deleted.key]) expect(await upload.objects.exists(key)).toBe(false);
    expect(await upload.objects.exists(own.key)).toBe(true);
    expect(await upload.get(own.user, own.id)).toMatchObject({ status: 'AWAITING_UPLOAD' });
  });

  test('is kept if its key is not that of a source', async () => {
    const key = 'users/a-user/notes.txt';
    await upload.objects.put(key, 'x');
    expect(await upload.announce(key)).toEqual([]);
    expect(await upload.objects.exists(key)).toBe(true);
  });

  test('that has been removed again changes nothing', async () => {
    const user = someUser();
    const { id } = await upload.create(user);
    expect(await upload.announce(upload.keyOf(user, id))).toEqual([]);
    expect(await upload.get(user, id)).toMatchObject({ status: 'AWAITING_UPLOAD' });
  });

  test('returns foreign messages but not the others of their batch', async () => {
    const { user, id, key } = await uploaded(mp4Like(100));
    const event = { 'detail-type': 'Object Created', detail: { object: { key } } };
    const bodies = ['{', JSON.stringify({ 'detail-type': 'Other', detail: {} }), JSON.stringify(event)];
    expect(
      await deliverBodies(
        upload.objectCreated,
        bodies.map((body) => ({ body })),
      ),
    ).toEqual([0, 1]);
    expect(await upload.get(user, id)).toMatchObject({ status: 'UPLOADED' });
  });
});

describe('the sweep', () => {
  test('accepts a source that arrived without an announcement, once its form has expired', async () => {
    const { user, id } = await uploaded(mp4Like(100));
    await upload.sweep();
    expect(await upload.get(user, id)).toMatchObject({ status: 'AWAITING_UPLOAD' });
    await expireForm(id);
    await upload.sweep();
    expect(await upload.get(user, id)).toMatchObject({ status: 'UPLOADED' });
    expect(await uploadedEvents(id)).toHaveLength(1);
  });

  test('expires a video without a source, whose late source is still accepted', async () => {
    const user = someUser();
    const { id } = await upload.create(user, { sizeBytes: 100 });
    await expireForm(id);
    await upload.sweep();
    await upload.sweep();
    expect(await upload.get(user, id)).toMatchObject({ status: 'EXPIRED' });
    await upload.objects.put(upload.keyOf(user, id), mp4Like(100));
    await upload.announce(upload.keyOf(user, id));
    expect(await upload.get(user, id)).toMatchObject({ status: 'UPLOADED' });
    expect((await timelineOf(user, id)).map((entry) => entry.type)).toEqual([
      'VIDEO_CREATED',
      'UPLOAD_EXPIRED',
      'FILE_UPLOADED',
    ]);
  });

  test('settles any number of videos and tombstones in one run, even behind unreadable rows', async () => {
    const { rows: tombstones } = await upload.pool.query<{ id: string }>(
      `INSERT INTO tombstone (video_id, storage_key, form_expires_at)
       SELECT gen_random_uuid(), 'users/u/' || gen_random_uuid(), now() - interval '2 hours'
       FROM generate_series(1, 230) RETURNING video_id AS id`,
    );
    const { rows: videos } = await upload.pool.query<{ id: string }>(
      `INSERT INTO video (id, user_id, file_name, declared_bytes, content_type, interval_seconds, storage_key,
         correlation_id, form_expires_at)
       SELECT gen_random_uuid(), gen_random_uuid(), 'a.mp4', 1, 'video/mp4', 10, 'users/u/' || gen_random_uuid(),
         CASE WHEN n <= 110 THEN 'not a correlation id' ELSE 'c' END, now() - interval '1 hour' + n * interval '1 ms'
       FROM generate_series(1, 350) AS n RETURNING id`,
    );
    const ids = (rows: { id: string }[]) => rows.map(({ id }) => id);
    await upload.sweep();
    const { rows: statuses } = await upload.pool.query(
      'SELECT status, count(*)::int AS count FROM video WHERE id = ANY($1) GROUP BY status ORDER BY status',
      [ids(videos)],
    );
    expect(statuses).toEqual([
      { status: 'AWAITING_UPLOAD', count: 110 },
      { status: 'EXPIRED', count: 240 },
    ]);
    const left = await upload.pool.query('SELECT 1 FROM tombstone WHERE video_id = ANY($1)', [
      ids(tombstones),
    ]);
    expect(left.rowCount).toBe(0);
    await upload.pool.query('DELETE FROM video WHERE id = ANY($1)', [ids(videos)]);
  });

  test('does not expire a video again after its creation was repeated', async () => {
    const user = someUser();
    const headers = { 'Idempotency-Key': 'again' };
    const { id } = await upload.create(user, {}, headers);
    await expireForm(id);
    await upload.sweep();
    expect(await upload.create(user, {}, headers)).toMatchObject({ id, status: 'AWAITING_UPLOAD' });
    await upload.sweep();
    expect(await upload.get(user, id)).toMatchObject({ status: 'AWAITING_UPLOAD' });
  });

  test('a repeated creation renews no form after the source has arrived', async () => {
    const user = someUser();
    const headers = { 'Idempotency-Key': 'come' };
    const { id } = await upload.create(user, { sizeBytes: 100 }, headers);
    await upload.objects.put(upload.keyOf(user, id), mp4Like(100));
    await upload.announce(upload.keyOf(user, id));
    await expireForm(id);
    const again = await upload.create(user, { sizeBytes: 100 }, headers);
    expect(again).toMatchObject({ id, status: 'UPLOADED' });
    expect(Date.parse(again.upload.expiresAt)).toBeLessThanOrEqual(Date.now());
  });
});

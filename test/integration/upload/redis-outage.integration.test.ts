import { afterAll, beforeAll, expect, test } from 'vitest';
import { CorrelationId, VideoId } from '../../../functions/contracts/ids.ts';
import { someEvent, somePayload } from '../../support/events.ts';
import { mp4Like } from '../../support/media.ts';
import { deliverEvents } from '../../support/sqs-event.ts';
import { someUser, startUploadContext, type UploadContextUnderTest } from '../../support/upload-context.ts';

let upload: UploadContextUnderTest;

beforeAll(async () => {
  // Port 1 is reserved and nobody listens there.
  upload = await startUploadContext({ REDIS_URL: 'redis://127.0.0.1:1' });
});
afterAll(() => upload.close());

test('without Redis a video is created, uploaded, processed and read; its events wait in the outbox', async () => {
  const userId = someUser();
  const { id } = await upload.create(userId, { sizeBytes: 100 });
  await upload.objects.put(upload.keyOf(userId, id), mp4Like(100));
  expect(await upload.announce(upload.keyOf(userId, id))).toEqual([]);
  const payload = { attempt: 1, target: 'lambda', source: somePayload.FILE_UPLOADED() } as const;
  const origin = { sagaId: VideoId.parse(id), userId, correlationId: CorrelationId.parse('c') };
  expect(await deliverEvents(upload.inbox, someEvent('PROCESS_FILE', payload, origin))).toEqual([]);

  expect(await upload.get(userId, id)).toMatchObject({ status: 'PROCESSING' });
  expect((await upload.call(userId, 'GET', '/videos')).status).toBe(200);
  expect((await upload.call(userId, 'GET', `/videos/${id}/events`)).status).toBe(200);
  expect((await upload.call(userId, 'DELETE', `/videos/${id}`)).status).toBe(202);
  const { rows } = await upload.pool.query(
    `SELECT event->>'type' AS type FROM outbox WHERE saga_id = $1 AND closed_at IS NULL ORDER BY created_at`,
    [id],
  );
  expect(rows).toEqual([{ type: 'FILE_UPLOADED' }, { type: 'FILE_DELETED' }]);
});

test('without Redis the sweep still settles uploads, and then says that it could not publish', async () => {
  const userId = someUser();
  const { id } = await upload.create(userId);
  await upload.pool.query(`UPDATE video SET form_expires_at = now() - interval '2 minutes' WHERE id = $1`, [
    id,
  ]);
  await upload.pool.query(`UPDATE outbox SET published_at = now() - interval '1 minute'`);
  await expect(upload.sweep()).rejects.toThrow();
  expect(await upload.get(userId, id)).toMatchObject({ status: 'EXPIRED' });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DownloadContextUnderTest, startDownloadContext } from '../../support/download-context.ts';
import { someOrigin } from '../../support/events.ts';
import { deliverEvents } from '../../support/sqs-event.ts';
import { someUser } from '../../support/upload-context.ts';

let download: DownloadContextUnderTest;

beforeAll(async () => {
  // Port 1 is reserved, and no server listens there.
  download = await startDownloadContext({ REDIS_URL: 'redis://127.0.0.1:1' });
});
afterAll(() => download.close());

test('a ZIP becomes available and is served without Redis, and its event waits in the outbox', async () => {
  const origin = someOrigin();
  expect(await deliverEvents(download.inbox, await download.extract(origin))).toEqual([]);
  expect((await download.get(origin.userId, `/videos/${origin.sagaId}/download`)).status).toBe(302);
  expect((await download.get(origin.userId, `/videos/${origin.sagaId}/frames`)).status).toBe(200);
  const { rows } = await download.pool.query(
    'SELECT 1 FROM outbox WHERE saga_id = $1 AND closed_at IS NULL',
    [origin.sagaId],
  );
  expect(rows).toHaveLength(1);
});

test('an unknown video is not found without Redis', async () => {
  expect((await download.get(someUser(), `/videos/${someOrigin().sagaId}/download`)).status).toBe(404);
});

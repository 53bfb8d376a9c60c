import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Timeline } from '../../../functions/contracts/http.ts';
import { CorrelationId, VideoId } from '../../../functions/contracts/ids.ts';
import { spellingsOf } from '../../support/letter-case.ts';
import { mp4Like } from '../../support/media.ts';
import { type PipelineUnderTest, startPipeline } from '../../support/pipeline.ts';
import { someUser } from '../../support/upload-context.ts';

let pipeline: PipelineUnderTest;

beforeAll(async () => {
  pipeline = await startPipeline();
});
afterAll(() => pipeline.close());

/** A video that is READY. */
const readyVideo = async () => {
  const { upload } = pipeline;
  const userId = someUser();
  const video = await upload.create(userId, { sizeBytes: 100 });
  const key = video.upload.fields.key ?? '';
  await upload.objects.put(key, mp4Like(100));
  await upload.announce(key);
  await pipeline.relay();
  const sagaId = VideoId.parse(video.id);
  await pipeline.extract({ sagaId, userId, correlationId: CorrelationId.parse('c') });
  await pipeline.relay();
  expect(await upload.get(userId, video.id)).toMatchObject({ status: 'READY' });
  return { userId, id: video.id };
};

const cases = ['upper', 'mixed', 'lower'].map((name, position) => ({ name, position }));
const spelt = (id: string, position: number): string => spellingsOf(id)[position] ?? id;

describe.each(cases)('a video whose id is sent in $name case', ({ position }) => {
  test('is found by every route that reads', async () => {
    const { upload, download } = pipeline;
    const { userId, id } = await readyVideo();
    const sent = spelt(id, position);
    expect(await upload.get(userId, sent)).toMatchObject({ id, status: 'READY' });
    const events = (await upload.call(userId, 'GET', `/videos/${sent}/events`)).body;
    expect(Timeline.parse(events).items.length).toBeGreaterThan(3);
    expect((await download.get(userId, `/videos/${sent}/download`)).headers.location).toContain(`/${id}/`);
    expect((await upload.call(someUser(), 'GET', `/videos/${sent}`)).status).toBe(404);
  });

  test('is deleted completely, without a leftover row, object or second saga', async () => {
    const { upload, download } = pipeline;
    const { userId, id } = await readyVideo();
    expect((await pipeline.keysWith(id)).length).toBe(4);
    expect((await upload.call(userId, 'DELETE', `/videos/${spelt(id, position)}`)).status).toBe(202);
    await pipeline.relay();

    expect(await pipeline.keysWith(id)).toEqual([]);
    expect(await pipeline.sagasOf(id)).toEqual([
      { id, saga: expect.objectContaining({ sagaId: id, state: { status: 'DELETED' } }) },
    ]);
    const { rows: videos } = await upload.pool.query('SELECT 1 FROM video WHERE id = $1', [id]);
    expect(videos).toEqual([]);
    const { rows: artifacts } = await download.pool.query('SELECT state FROM artifact WHERE video_id = $1', [
      id,
    ]);
    expect(artifacts).toEqual([{ state: 'DELETED' }]);
    const { rows } = await upload.pool.query<{ saga: string; user: string }>(
      `SELECT event->>'sagaId' AS saga, event->>'userId' AS user FROM outbox
       WHERE saga_id = $1 AND event->>'type' = 'FILE_DELETED'`,
      [id],
    );
    expect(rows).toEqual([{ saga: id, user: userId }]);
  });

  test('belongs to its user in any case of the user’s id', async () => {
    const { upload } = pipeline;
    const { userId, id } = await readyVideo();
    const user = spelt(userId, position);
    expect(await upload.get(user, id)).toMatchObject({ id });
    expect((await upload.call(user, 'GET', '/videos')).body).toMatchObject({ items: [{ id }] });
    expect((await upload.create(user)).upload.fields.key).toContain(`users/${userId}/videos/`);
  });
});

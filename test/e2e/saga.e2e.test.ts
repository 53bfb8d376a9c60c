import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { SAGA_EVENTS_CHANNEL } from '../../functions/contracts/channel.ts';
import { SagaEvent } from '../../functions/contracts/events.ts';
import { ApiUser } from '../support/api-user.ts';
import { type ClipName, clip } from '../support/clips.ts';
import { eventually } from '../support/eventually.ts';
import { openStackStores, untilDeletedForGood, untilStill } from '../support/finality.ts';
import { multipartUploadsOf, objectsOf } from '../support/objects.ts';
import { postForm } from '../support/post-form.ts';

describe('the saga', () => {
  let api: ApiUser;
  let subscriber: Redis;
  let stores: ReturnType<typeof openStackStores>;
  const heard: SagaEvent[] = [];

  beforeAll(async () => {
    api = await ApiUser.register(inject('stack').url);
    stores = openStackStores();
    subscriber = new Redis(inject('stack').redisUrl);
    subscriber.on('message', (_channel, message) => heard.push(SagaEvent.parse(JSON.parse(message))));
    await subscriber.subscribe(SAGA_EVENTS_CHANNEL);
  });
  afterAll(async () => {
    subscriber.disconnect();
    await stores.close();
  });
  const JobRow = z.object({ status: z.string() });
  const jobOf = async (id: string): Promise<string | undefined> => {
    const [row] = await stores.query('SELECT status FROM process.job WHERE video_id = $1', [id]);
    return row === undefined ? undefined : JobRow.parse(row).status;
  };

  /** The types of a saga's events in the order of their publication, each once: a sweeper may repeat one. */
  const storyOf = (id: string): string[] => [
    ...new Map(heard.filter((event) => event.sagaId === id).map((event) => [event.id, event.type])).values(),
  ];

  it('travels on saga_events, step by step', async () => {
    const id = await api.uploadFile(await clip('h264.mp4'));
    await api.untilStatus(id, ['READY']);
    expect(storyOf(id)).toEqual([
      'VIDEO_CREATED',
      'FILE_UPLOADED',
      'PROCESS_FILE',
      'EXTRACTION_STARTED',
      'FILE_PROCESSED',
      'FILE_AVAILABLE',
    ]);
    const events = heard.filter((event) => event.sagaId === id);
    expect(new Set(events.map((event) => event.correlationId)).size).toBe(1);
    const [uploaded, ordered] = ['FILE_UPLOADED', 'PROCESS_FILE'].map((wanted) =>
      events.find(({ type }) => type === wanted),
    );
    expect(uploaded?.causationId).toBeNull();
    expect(ordered?.causationId).toBe(uploaded?.id);
  });

  it('shows its steps in the timeline', async () => {
    const id = await api.uploadFile(await clip('short.mp4'));
    await api.untilStatus(id, ['READY']);
    const types = await eventually('the whole timeline', async () => {
      const { items } = await api.client.getTimeline({ id });
      return items.length >= 6 ? items.map((entry) => entry.type) : undefined;
    });
    expect(types).toEqual(
      expect.arrayContaining([
        'VIDEO_CREATED',
        'FILE_UPLOADED',
        'PROCESS_FILE',
        'EXTRACTION_STARTED',
        'FILE_PROCESSED',
        'FILE_AVAILABLE',
      ]),
    );
  });

  const broken: [ClipName, string][] = [
    ['cut-off.mp4', 'CORRUPT_VIDEO'],
    ['garbage.mp4', 'CORRUPT_VIDEO'],
    ['audio-only.mp4', 'NO_VIDEO_STREAM'],
    ['page.mp4', 'UNSUPPORTED_CONTAINER'],
    ['hls-playlist.mp4', 'UNSUPPORTED_CONTAINER'],
    ['huge-picture.mp4', 'DIMENSIONS_TOO_LARGE'],
    ['gap.mkv', 'TOO_MANY_FRAMES'],
  ];

  it.concurrent.each(broken)(
    '%s ends FAILED with %s and leaves no object but the source',
    async (name, code) => {
      const id = await api.uploadFile(await clip(name));
      const video = await api.untilOver(id);
      expect(video).toMatchObject({ status: 'FAILED', failure: { code } });
      expect(video.failure?.message).toMatch(/^[A-Z].*\.$/);
      await untilStill(stores, id);
      expect(await objectsOf(id)).toEqual([expect.stringContaining('/source.')]);
      expect(await multipartUploadsOf(id)).toEqual([]);
      expect(await api.problem('GET', `/videos/${id}/download`)).toMatchObject({
        status: 409,
        code: 'NOT_READY',
      });
    },
  );

  it('goes on where the client is gone right after the upload', async () => {
    const path = await clip('h264.mkv');
    const { size } = await stat(path);
    const video = await api.client.createVideo({ fileName: 'gone.mkv', sizeBytes: size });
    const upload = await postForm(video.upload, await openAsBlob(path));
    expect(upload.status).toBe(204);
    // No further word from the client but this question, asked through another client.
    await eventually(
      'the saga to complete',
      () => (storyOf(video.id).includes('FILE_AVAILABLE') ? true : undefined),
      120,
    );
    expect(await api.untilStatus(video.id, ['READY'])).toMatchObject({ frames: 4 });
  });

  /** Nothing is left of a video, and nothing is left that could still write something. */
  const expectGone = async (id: string): Promise<void> => {
    await untilDeletedForGood(stores, id);
    expect(await objectsOf(id)).toEqual([]);
    expect(await multipartUploadsOf(id)).toEqual([]);
    expect((await api.call('GET', `/videos/${id}`)).status).toBe(404);
    expect((await api.call('GET', `/videos/${id}/download`)).status).toBe(404);
    expect((await api.client.listVideos()).items.map((video) => video.id)).not.toContain(id);
  };

  it('removes everything of a deleted video', async () => {
    const id = await api.uploadFile(await clip('h264.mp4'));
    await api.untilStatus(id, ['READY']);
    expect((await objectsOf(id)).length).toBe(7);
    expect((await api.call('DELETE', `/videos/${id}`)).status).toBe(202);
    expect((await api.call('GET', `/videos/${id}`)).status).toBe(404);
    await expectGone(id);
  });

  it('removes everything of a video that is deleted right after its upload', async () => {
    const id = await api.uploadFile(await clip('h264.mp4'));
    expect((await api.call('DELETE', `/videos/${id}`)).status).toBe(202);
    await expectGone(id);
  });

  it('removes everything of a video that is deleted while its frames are written', async () => {
    // 185 frames: most of them are still to be written when the first one is seen.
    const id = await api.uploadFile(await clip('three-minutes.mp4'), { intervalSeconds: 1 });
    await eventually(
      'the first frame',
      async () => ((await objectsOf(id)).length > 1 ? true : undefined),
      60,
    );
    expect(await jobOf(id)).toBe('RUNNING');
    expect((await api.call('DELETE', `/videos/${id}`)).status).toBe(202);
    await expectGone(id);
  });
});

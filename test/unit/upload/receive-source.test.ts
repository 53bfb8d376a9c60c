import { describe, expect, test } from 'vitest';
import { readMediaClaims } from '../../../engine/pure.ts';
import { FAILURES } from '../../../functions/contracts/failures.ts';
import { VideoStatus } from '../../../functions/contracts/http.ts';
import { receiveSource } from '../../../functions/upload/core/receive-source.ts';
import type { StoredVideo } from '../../../functions/upload/core/video.ts';
import { media, mp4Like } from '../../support/media.ts';
import { STAMPED_AT } from '../../support/stamps.ts';
import { etagOf, eventOf, someVideo, uploadOnMemory } from '../../support/upload-fakes.ts';

const receive = async (video: StoredVideo, content: Uint8Array | undefined) => {
  const services = uploadOnMemory(video);
  if (content) services.sources.objects.set(video.storageKey, content);
  const reception = await receiveSource(video.storageKey, services);
  return { reception, ...services };
};

describe('a source that arrived', () => {
  test.each(VideoStatus.options)(
    'for a video that is %s is accepted only if the video awaits it',
    async (status) => {
      const { reception, lifecycle } = await receive(someVideo({ status }), mp4Like(1000));
      const awaited = status === 'AWAITING_UPLOAD' || status === 'EXPIRED';
      expect(reception).toBe(awaited ? 'ACCEPTED' : 'IGNORED');
      expect(lifecycle.events.map(({ type }) => type)).toEqual(awaited ? ['FILE_UPLOADED'] : []);
    },
  );

  test('makes the video UPLOADED and causes a FILE_UPLOADED that describes the stored object', async () => {
    const [video, content] = [someVideo(), mp4Like(1000)];
    const { lifecycle, videos } = await receive(video, content);
    const { fileName, storageKey, intervalSeconds } = video;
    expect(lifecycle.events).toEqual([
      eventOf(
        video,
        'FILE_UPLOADED',
        {
          ...{
            fileName,
            storageKey,
            intervalSeconds,
            etag: etagOf(content),
            sizeBytes: 1000,
            container: 'mp4',
          },
          claims: readMediaClaims(content, 'mp4'),
        },
        1,
      ),
    ]);
    expect(await videos.find(video.id)).toMatchObject({ status: 'UPLOADED' });
    expect(await videos.timeline(video.id)).toEqual([
      { type: 'FILE_UPLOADED', occurredAt: STAMPED_AT.toISOString() },
    ]);
  });

  test('is ignored, without an event, when its video is deleted during the check', async () => {
    for (const content of [mp4Like(1000), Buffer.alloc(1000)]) {
      const video = someVideo();
      const services = uploadOnMemory(video);
      services.sources.objects.set(video.storageKey, content);
      services.sources.beforeRead = () => services.videos.markDeleted(video.id, video.userId, () => []);
      expect(await receiveSource(video.storageKey, services)).toBe('IGNORED');
      expect(services.lifecycle.events).toEqual([]);
    }
  });

  test('has the container of its bytes, not of its name', async () => {
    const content = Buffer.concat([media.ebml('webm'), Buffer.alloc(1000)]).subarray(0, 1000);
    const { lifecycle } = await receive(someVideo({ fileName: 'holiday.mp4' }), content);
    expect(lifecycle.events).toMatchObject([
      { type: 'FILE_UPLOADED', payload: { container: 'mkv', fileName: 'holiday.mp4' } },
    ]);
  });

  test('is refused with SIZE_MISMATCH when it has another size, whatever its content', async () => {
    const video = someVideo();
    const failure = { code: 'SIZE_MISMATCH', message: FAILURES.SIZE_MISMATCH.message };
    const { reception, lifecycle, videos } = await receive(video, Buffer.alloc(999));
    expect(reception).toBe('REFUSED');
    expect(lifecycle.events).toEqual([eventOf(video, 'UPLOAD_REFUSED', failure, 1)]);
    expect(await videos.find(video.id)).toMatchObject({ status: 'FAILED', failure });
    expect(await videos.timeline(video.id)).toEqual([
      { type: 'UPLOAD_REFUSED', occurredAt: STAMPED_AT.toISOString(), ...failure },
    ]);
  });

  test('that is replaced during the check is accepted by the next delivery with its new content', async () => {
    const video = someVideo();
    const services = uploadOnMemory(video);
    const { lifecycle, sources } = services;
    const [first, second] = [mp4Like(1000), Buffer.concat([mp4Like(999), Buffer.from('x')])];
    sources.objects.set(video.storageKey, first);
    sources.beforeRead = () => sources.objects.set(video.storageKey, second);
    await expect(receiveSource(video.storageKey, services)).rejects.toThrow('PreconditionFailed');
    expect(lifecycle.events).toEqual([]);
    expect(await receiveSource(video.storageKey, services)).toBe('ACCEPTED');
    expect(lifecycle.events).toMatchObject([{ type: 'FILE_UPLOADED', payload: { etag: etagOf(second) } }]);
  });

  test('that has been removed again is reported as absent', async () => {
    expect((await receive(someVideo(), undefined)).reception).toBe('ABSENT');
  });
});

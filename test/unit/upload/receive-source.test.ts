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
    'for a video that is %s is taken in only where it is awaited',
    async (status) => {
      const { reception, lifecycle } = await receive(someVideo({ status }), mp4Like(1000));
      const awaited = status === 'AWAITING_UPLOAD' || status === 'EXPIRED';
      expect(reception).toBe(awaited ? 'ACCEPTED' : 'IGNORED');
      expect(lifecycle.events.map(({ type }) => type)).toEqual(awaited ? ['FILE_UPLOADED'] : []);
    },
  );

  test('starts the saga: UPLOADED, and FILE_UPLOADED describes it as it is stored', async () => {
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

  test('and whose video changes while it is looked at is ignored, and causes no event', async () => {
    for (const content of [mp4Like(1000), Buffer.alloc(1000)]) {
      const video = someVideo();
      const services = uploadOnMemory(video);
      services.sources.objects.set(video.storageKey, content);
      services.sources.beforeRead = () => services.videos.markDeleted(video.id, video.userId, () => []);
      expect(await receiveSource(video.storageKey, services)).toBe('IGNORED');
      expect(services.lifecycle.events).toEqual([]);
    }
  });

  test('is what its bytes say, whatever its name says', async () => {
    const content = Buffer.concat([media.ebml('webm'), Buffer.alloc(1000)]).subarray(0, 1000);
    const { lifecycle } = await receive(someVideo({ fileName: 'holiday.mp4' }), content);
    expect(lifecycle.events).toMatchObject([
      { type: 'FILE_UPLOADED', payload: { container: 'mkv', fileName: 'holiday.mp4' } },
    ]);
  });

  test('of another size is refused as such, whatever it contains', async () => {
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

  test('and is replaced while it is looked at is taken in by the next delivery, as what it is then', async () => {
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

  test('and is gone again is absent', async () => {
    expect((await receive(someVideo(), undefined)).reception).toBe('ABSENT');
  });
});

import { describe, expect, test } from 'vitest';
import { VideoStatus } from '../../../functions/contracts/http.ts';
import { receiveSource } from '../../../functions/upload/core/receive-source.ts';
import type { StoredVideo } from '../../../functions/upload/core/video.ts';
import { media, mp4Like } from '../../support/media.ts';
import { etagOf, InMemorySources, RecordingLifecycle, someVideo } from '../../support/upload-fakes.ts';

const receive = async (video: StoredVideo, content: Uint8Array | undefined) => {
  const sources = new InMemorySources();
  if (content) sources.objects.set(video.storageKey, content);
  const lifecycle = new RecordingLifecycle();
  const videos = { find: async () => video };
  const reception = await receiveSource(video.storageKey, { videos, lifecycle, sources });
  return { reception, lifecycle, sources };
};

describe('a source that arrived', () => {
  test.each(VideoStatus.options)(
    'for a video that is %s is taken in only where it is awaited',
    async (status) => {
      const { reception, lifecycle } = await receive(someVideo({ status }), mp4Like(1000));
      const awaited = status === 'AWAITING_UPLOAD' || status === 'EXPIRED';
      expect(reception).toBe(awaited ? 'ACCEPTED' : 'IGNORED');
      expect(lifecycle.accepted).toHaveLength(awaited ? 1 : 0);
    },
  );

  test('is what its bytes say, whatever its name says', async () => {
    const content = Buffer.concat([media.ebml('webm'), Buffer.alloc(1000)]).subarray(0, 1000);
    const { lifecycle } = await receive(someVideo({ fileName: 'holiday.mp4' }), content);
    expect(lifecycle.accepted[0]?.source).toMatchObject({ container: 'mkv', fileName: 'holiday.mp4' });
  });

  test('of another size is refused as such, whatever it contains', async () => {
    const { reception, lifecycle } = await receive(someVideo(), Buffer.alloc(999));
    expect(reception).toBe('REFUSED');
    expect(lifecycle.refused).toMatchObject([{ code: 'SIZE_MISMATCH' }]);
  });

  test('and is replaced while it is looked at is taken in by the next delivery, as what it is then', async () => {
    const video = someVideo();
    const sources = new InMemorySources();
    const lifecycle = new RecordingLifecycle();
    const services = { videos: { find: async () => video }, lifecycle, sources };
    const [first, second] = [mp4Like(1000), Buffer.concat([mp4Like(999), Buffer.from('x')])];
    sources.objects.set(video.storageKey, first);
    sources.beforeRead = () => sources.objects.set(video.storageKey, second);
    await expect(receiveSource(video.storageKey, services)).rejects.toThrow('PreconditionFailed');
    expect(lifecycle.accepted).toEqual([]);
    expect(lifecycle.refused).toEqual([]);
    expect(await receiveSource(video.storageKey, services)).toBe('ACCEPTED');
    expect(lifecycle.accepted.map(({ source }) => source.etag)).toEqual([etagOf(second)]);
  });

  test('and is gone again is absent', async () => {
    expect((await receive(someVideo(), undefined)).reception).toBe('ABSENT');
  });
});

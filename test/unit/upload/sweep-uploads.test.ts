import { expect, test } from 'vitest';
import { sweepUploads } from '../../../functions/upload/core/sweep-uploads.ts';
import { mp4Like } from '../../support/media.ts';
import { InMemorySources, RecordingLifecycle, someVideo } from '../../support/upload-fakes.ts';

test('one video that cannot be looked at stops no other, and is reported', async () => {
  const [broken, absent, present, refused] = [someVideo(), someVideo(), someVideo(), someVideo()];
  const [brokenTombstone, tombstone] = [someVideo(), someVideo()];
  const sources = new InMemorySources();
  sources.objects.set(present.storageKey, mp4Like(1000));
  sources.objects.set(refused.storageKey, Buffer.alloc(1000));
  sources.objects.set(tombstone.storageKey, mp4Like(1000));
  sources.broken.add(broken.storageKey).add(brokenTombstone.storageKey);
  const lifecycle = new RecordingLifecycle();
  lifecycle.awaiting = [broken, absent, present, refused];
  lifecycle.tombstones = [brokenTombstone, tombstone].map(({ id: videoId, storageKey }) => ({
    videoId,
    storageKey,
  }));
  const failed: string[] = [];

  const result = await sweepUploads({ lifecycle, sources }, (videoId) => failed.push(videoId));

  expect(failed).toEqual([broken.id, brokenTombstone.id]);
  expect(result).toEqual({ received: 2, expired: 1, tombstonesCleared: 1 });
  expect(lifecycle.expired).toEqual([absent.id]);
  expect(lifecycle.accepted.map(({ video }) => video.id)).toEqual([present.id]);
  expect(lifecycle.refused).toEqual([{ video: refused, code: 'UNSUPPORTED_CONTAINER' }]);
  expect(lifecycle.tombstones.map(({ videoId }) => videoId)).toEqual([brokenTombstone.id]);
  expect(sources.objects.has(tombstone.storageKey)).toBe(false);
});

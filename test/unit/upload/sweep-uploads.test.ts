import { describe, expect, test } from 'vitest';
import { clearTombstone, settleOverdue } from '../../../functions/upload/core/sweep-uploads.ts';
import { mp4Like } from '../../support/media.ts';
import { InMemorySources, RecordingLifecycle, someVideo } from '../../support/upload-fakes.ts';

const setUp = () => ({ sources: new InMemorySources(), lifecycle: new RecordingLifecycle() });

describe('a video whose form has expired', () => {
  test('is taken in where its source is there, sound or not', async () => {
    const services = setUp();
    const [sound, unsound] = [someVideo(), someVideo()];
    services.sources.objects.set(sound.storageKey, mp4Like(1000));
    services.sources.objects.set(unsound.storageKey, Buffer.alloc(1000));
    expect(await settleOverdue(sound, services)).toBe('RECEIVED');
    expect(await settleOverdue(unsound, services)).toBe('RECEIVED');
    expect(services.lifecycle.accepted.map(({ video }) => video.id)).toEqual([sound.id]);
    expect(services.lifecycle.refused).toEqual([{ video: unsound, code: 'UNSUPPORTED_CONTAINER' }]);
    expect(services.lifecycle.expired).toEqual([]);
  });

  test('expires where its source is absent, and only then', async () => {
    const services = setUp();
    const [absent, unknown] = [someVideo(), someVideo()];
    services.sources.broken.add(unknown.storageKey);
    expect(await settleOverdue(absent, services)).toBe('EXPIRED');
    await expect(settleOverdue(unknown, services)).rejects.toThrow('S3 is down');
    expect(services.lifecycle.expired).toEqual([absent.id]);
  });
});

describe('a tombstone', () => {
  test('goes after the object that was uploaded too late, and stays where that stays', async () => {
    const services = setUp();
    const tombstones = [someVideo(), someVideo()].map(({ id: videoId, storageKey }) => ({
      videoId,
      storageKey,
    }));
    const [gone, stuck] = tombstones;
    if (!gone || !stuck) throw new Error('there are two');
    services.lifecycle.tombstones = tombstones;
    services.sources.objects.set(gone.storageKey, mp4Like(1000));
    services.sources.broken.add(stuck.storageKey);
    expect(await clearTombstone(gone, services)).toBe('CLEARED');
    await expect(clearTombstone(stuck, services)).rejects.toThrow('S3 is down');
    expect(services.sources.objects.has(gone.storageKey)).toBe(false);
    expect(services.lifecycle.tombstones).toEqual([stuck]);
  });
});

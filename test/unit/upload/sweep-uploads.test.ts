import { describe, expect, test } from 'vitest';
import { clearTombstone, settleOverdue } from '../../../functions/upload/core/sweep-uploads.ts';
import { mp4Like } from '../../support/media.ts';
import { STAMPED_AT } from '../../support/stamps.ts';
import { DATABASE_NOW, eventOf, someVideo, uploadOnMemory } from '../../support/upload-fakes.ts';

describe('a video whose form has expired', () => {
  test('is accepted or refused when its source is there', async () => {
    const [sound, unsound] = [someVideo(), someVideo()];
    const services = uploadOnMemory(sound, unsound);
    services.sources.objects.set(sound.storageKey, mp4Like(1000));
    services.sources.objects.set(unsound.storageKey, Buffer.alloc(1000));
    expect(await settleOverdue(sound, services)).toBe('RECEIVED');
    expect(await settleOverdue(unsound, services)).toBe('RECEIVED');
    expect(services.lifecycle.events).toMatchObject([
      { sagaId: sound.id, type: 'FILE_UPLOADED' },
      { sagaId: unsound.id, type: 'UPLOAD_REFUSED', payload: { code: 'UNSUPPORTED_CONTAINER' } },
    ]);
  });

  test('expires only when its source is known to be absent', async () => {
    const [absent, unknown] = [someVideo(), someVideo()];
    const services = uploadOnMemory(absent, unknown);
    services.sources.broken.add(unknown.storageKey);
    expect(await settleOverdue(absent, services)).toBe('EXPIRED');
    await expect(settleOverdue(unknown, services)).rejects.toThrow('S3 is down');
    expect(services.lifecycle.events).toEqual([eventOf(absent, 'UPLOAD_EXPIRED', {}, 1)]);
    expect(await services.videos.find(absent.id)).toMatchObject({ status: 'EXPIRED' });
    expect(await services.videos.timeline(absent.id)).toEqual([
      { type: 'UPLOAD_EXPIRED', occurredAt: STAMPED_AT.toISOString() },
    ]);
  });

  test('stays unchanged when its form was renewed meanwhile, by the database’s clock', async () => {
    const [renewed, atItsEnd] = [new Date(DATABASE_NOW.getTime() + 1), DATABASE_NOW].map((formExpiresAt) =>
      someVideo({ formExpiresAt }),
    );
    if (!renewed || !atItsEnd) throw new Error('there are two');
    const services = uploadOnMemory(renewed, atItsEnd);
    expect(await settleOverdue(renewed, services)).toBe('UNCHANGED');
    expect(await settleOverdue(atItsEnd, services)).toBe('UNCHANGED');
    expect(services.lifecycle.events).toEqual([]);
  });

  test('expires once', async () => {
    const video = someVideo();
    const services = uploadOnMemory(video);
    expect(await settleOverdue(video, services)).toBe('EXPIRED');
    expect(await settleOverdue(video, services)).toBe('UNCHANGED');
    expect(services.lifecycle.events).toHaveLength(1);
  });
});

describe('a tombstone', () => {
  test('is cleared after the late object is removed, and stays when the removal fails', async () => {
    const services = uploadOnMemory();
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

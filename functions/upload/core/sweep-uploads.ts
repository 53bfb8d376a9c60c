import { decideExpiry } from './decide.ts';
import type { SourceStore, Tombstone, VideoLifecycle } from './ports.ts';
import { type ExaminationServices, examineSource } from './receive-source.ts';
import type { StoredVideo } from './video.ts';

/** Seconds after the form's expiry before the sweep looks for the source, for uploads that began just before. */
export const OVERDUE_GRACE_SECONDS = 60;
/** Seconds after the form's expiry when every upload has ended, including those that began just before. */
export const TOMBSTONE_GRACE_SECONDS = 3600;

/**
 * Looks for the source of a video whose form has expired. If the source exists, because S3's event was lost, it is
 * received now. If it does not exist, the video expires.
 */
export const settleOverdue = async (
  video: StoredVideo,
  services: ExaminationServices,
): Promise<'RECEIVED' | 'EXPIRED' | 'UNCHANGED'> => {
  const reception = await examineSource(video, services);
  if (reception === 'ACCEPTED' || reception === 'REFUSED') return 'RECEIVED';
  if (reception !== 'ABSENT') return 'UNCHANGED';
  const { lifecycle, stamp } = services;
  const expired = await lifecycle.change(video.id, (locked, now) => decideExpiry(locked, now, stamp()));
  return expired ? 'EXPIRED' : 'UNCHANGED';
};

/** Removes a source that was uploaded after its video was deleted, and then the tombstone. */
export const clearTombstone = async (
  { videoId, storageKey }: Tombstone,
  {
    lifecycle,
    sources,
  }: { lifecycle: Pick<VideoLifecycle, 'forgetTombstone'>; sources: Pick<SourceStore, 'remove'> },
): Promise<'CLEARED'> => {
  await sources.remove(storageKey);
  await lifecycle.forgetTombstone(videoId);
  return 'CLEARED';
};

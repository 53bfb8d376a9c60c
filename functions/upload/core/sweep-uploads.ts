import { decideExpiry } from './decide.ts';
import type { SourceStore, Tombstone, VideoLifecycle } from './ports.ts';
import { type ExaminationServices, examineSource } from './receive-source.ts';
import type { StoredVideo } from './video.ts';

/** An upload that began just before the form's end is given this many seconds more before we look for it. */
export const OVERDUE_GRACE_SECONDS = 60;
/** An upload that began just before the form's end has ended by then, one way or the other. */
export const TOMBSTONE_GRACE_SECONDS = 3600;

/**
 * Looks for the source of a video whose form has expired: a source that S3's event did not tell of is taken in now, a
 * video whose source never came expires.
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

/** Removes what was uploaded for a video after it was deleted, and then its tombstone. */
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

import type { SagaEventOf } from '../../contracts/events.ts';
import type { CorrelationId, UserId, VideoId } from '../../contracts/ids.ts';
import { VideoNotFoundError } from '../../shared/errors/app-error.ts';
import { decideDeletion } from './decide.ts';
import type { Hints, SourceStore, UploadServices, VideoLifecycle, VideoRepository } from './ports.ts';

/** The video to delete, and the user who asks. */
export interface DeleteVideoInput {
  id: VideoId;
  userId: UserId;
  correlationId: CorrelationId;
}

interface DeletionServices extends Pick<UploadServices, 'stamp'> {
  videos: Pick<VideoRepository, 'markDeleted'>;
  hints: Pick<Hints, 'forgetOwner'>;
}

/** What removing a deleted video needs. */
export interface RemovalServices {
  lifecycle: Pick<VideoLifecycle, 'storageKeyOf' | 'remove'>;
  sources: Pick<SourceStore, 'remove'>;
}

/**
 * Hides the video at once; its saga then removes it everywhere.
 *
 * @throws VideoNotFoundError, also for another user's.
 */
export const deleteVideo = async (
  { id, userId, correlationId }: DeleteVideoInput,
  { videos, hints, stamp }: DeletionServices,
): Promise<void> => {
  const deleted = await videos.markDeleted(id, userId, (video) =>
    decideDeletion(video, correlationId, stamp()),
  );
  if (!deleted) throw new VideoNotFoundError();
  await hints.forgetOwner(id);
};

/** Removes the source and every row of a deleted video: this context's part of the compensation. */
export const removeVideo = async (
  event: SagaEventOf<'DISCARD_FILE'>,
  { lifecycle, sources }: RemovalServices,
): Promise<void> => {
  // The object first: as long as the row is there, a repetition knows where the object is.
  const storageKey = await lifecycle.storageKeyOf(event.sagaId);
  if (storageKey) await sources.remove(storageKey);
  await lifecycle.remove(event);
};

import type { SagaEventOf } from '../../contracts/events.ts';
import type { CorrelationId, UserId, VideoId } from '../../contracts/ids.ts';
import { VideoNotFoundError } from '../../shared/errors/app-error.ts';
import { decideDeletion } from './decide.ts';
import type { Hints, SourceStore, UploadServices, VideoLifecycle, VideoRepository } from './ports.ts';

/** The video to delete, and the calling user. */
export interface DeleteVideoInput {
  id: VideoId;
  userId: UserId;
  correlationId: CorrelationId;
}

interface DeletionServices extends Pick<UploadServices, 'stamp'> {
  videos: Pick<VideoRepository, 'markDeleted'>;
  hints: Pick<Hints, 'forgetOwner'>;
}

/** The dependencies of `removeVideo`. */
export interface RemovalServices {
  lifecycle: Pick<VideoLifecycle, 'storageKeyOf' | 'remove'>;
  sources: Pick<SourceStore, 'remove'>;
}

/** Hides the video at once. Its saga then removes it in all contexts.
 *
 * @throws VideoNotFoundError, also for another user's video
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

/** Removes the source and all rows of a deleted video: this context's part of the compensation. */
export const removeVideo = async (
  event: SagaEventOf<'DISCARD_FILE'>,
  { lifecycle, sources }: RemovalServices,
): Promise<void> => {
  // Removes the object first: while the row exists, a repetition can find the object.
  const storageKey = await lifecycle.storageKeyOf(event.sagaId);
  if (storageKey) await sources.remove(storageKey);
  await lifecycle.remove(event);
};

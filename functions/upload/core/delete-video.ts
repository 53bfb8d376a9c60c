import type { SagaEventOf } from '../../contracts/events.ts';
import type { CorrelationId, UserId, VideoId } from '../../contracts/ids.ts';
import { VideoNotFoundError } from '../../shared/errors/app-error.ts';
import type { UploadServices } from './ports.ts';

/** Which video who wants to be rid of. */
export interface DeleteVideoInput {
  id: VideoId;
  userId: UserId;
  correlationId: CorrelationId;
}

/** Hides the video at once; its saga then removes it everywhere. @throws VideoNotFoundError, also for somebody else's. */
export const deleteVideo = async (
  { id, userId, correlationId }: DeleteVideoInput,
  { videos, hints }: Pick<UploadServices, 'videos' | 'hints'>,
): Promise<void> => {
  if (!(await videos.markDeleted(id, userId, correlationId))) throw new VideoNotFoundError();
  await hints.forgetOwner(id);
};

/** Removes the source and every row of a deleted video: this context's part of the compensation. */
export const removeVideo = async (
  event: SagaEventOf<'DISCARD_FILE'>,
  { lifecycle, sources }: Pick<UploadServices, 'lifecycle' | 'sources'>,
): Promise<void> => {
  // The object first: as long as the row is there, a repetition knows where the object is.
  const storageKey = await lifecycle.storageKeyOf(event.sagaId);
  if (storageKey) await sources.remove(storageKey);
  await lifecycle.remove(event);
};

import type { UserId, VideoId } from '../../contracts/ids.ts';
import { MIN_RESULT_SECONDS } from '../../contracts/limits.ts';
import { VideoNotFoundError } from '../../shared/errors/app-error.ts';
import type { Archive, ArtifactOwner } from './artifact.ts';
import { ArchiveExpiredError, NotReadyError } from './errors.ts';
import type { DownloadServices } from './ports.ts';

/** The video of a download request, and the calling user. */
export interface DownloadRequest {
  id: VideoId;
  userId: UserId;
}

const NOT_UPLOADED_YET = 'The video is not uploaded yet.';

/**
 * Finds the user's ZIP, which is available for at least another MIN_RESULT_SECONDS.
 *
 * @throws VideoNotFoundError (also for another user's video), NotReadyError, ArchiveExpiredError
 */
export const findArchive = async (
  { id, userId }: DownloadRequest,
  { artifacts, hints }: Pick<DownloadServices, 'artifacts' | 'hints'>,
): Promise<ArtifactOwner & { archive: Archive }> => {
  const artifact = await artifacts.find(id);
  // VIDEO_CREATED has not arrived yet, or the video does not exist.
  if (!artifact && (await hints.newOwner(id)) === userId) throw new NotReadyError(NOT_UPLOADED_YET);
  if (artifact?.userId !== userId) throw new VideoNotFoundError();
  switch (artifact.state) {
    case 'AWAITED':
      throw new NotReadyError(NOT_UPLOADED_YET);
    case 'NOT_UPLOADED':
      throw new NotReadyError('The video was not uploaded before its form expired.');
    case 'REFUSED':
      throw new NotReadyError(`The upload was refused. ${artifact.refusal}`);
    case 'PENDING':
      throw new NotReadyError('The video is still being processed.');
    case 'DISCARDED':
      throw new NotReadyError('Processing the video failed: there is nothing to download.');
    case 'EXPIRED':
      throw new ArchiveExpiredError();
    case 'DELETED':
      throw new VideoNotFoundError();
    case 'AVAILABLE':
      if (artifact.archive.secondsLeft < MIN_RESULT_SECONDS) throw new ArchiveExpiredError();
      return artifact;
  }
};

import type { UserId, VideoId } from '../../contracts/ids.ts';
import { VideoNotFoundError } from '../../shared/errors/app-error.ts';
import type { Archive, ArtifactOwner } from './artifact.ts';
import { ArchiveExpiredError, NotReadyError } from './errors.ts';
import type { DownloadServices } from './ports.ts';

/** Whose download of what is asked for. */
export interface DownloadRequest {
  id: VideoId;
  userId: UserId;
}

/**
 * The user's ZIP, there for at least another second.
 *
 * @throws VideoNotFoundError (also for somebody else's), NotReadyError, ArchiveExpiredError
 */
export const findArchive = async (
  { id, userId }: DownloadRequest,
  { artifacts, hints }: Pick<DownloadServices, 'artifacts' | 'hints'>,
): Promise<ArtifactOwner & { archive: Archive }> => {
  const artifact = await artifacts.find(id);
  if (!artifact) {
    if ((await hints.awaitedOwner(id)) === userId) throw new NotReadyError('The video is not uploaded yet.');
    throw new VideoNotFoundError();
  }
  if (artifact.userId !== userId) throw new VideoNotFoundError();
  switch (artifact.state) {
    case 'PENDING':
      throw new NotReadyError('The video is still being processed.');
    case 'DISCARDED':
      throw new NotReadyError('Processing the video failed: there is nothing to download.');
    case 'EXPIRED':
      throw new ArchiveExpiredError();
    case 'DELETED':
      throw new VideoNotFoundError();
    case 'AVAILABLE':
      if (artifact.archive.secondsLeft < 1) throw new ArchiveExpiredError();
      return artifact;
  }
};

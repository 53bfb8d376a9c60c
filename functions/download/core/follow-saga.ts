import type { SagaEventOf } from '../../contracts/events.ts';
import { type UploadEvent, wantsAttempt } from './artifact.ts';
import { decideDiscard, decideRegistration, decideUpload } from './decide.ts';
import { ArchiveIncompleteError } from './errors.ts';
import type { ArchiveStore, ArtifactRepository, DownloadServices } from './ports.ts';

interface Services {
  artifacts: Pick<ArtifactRepository, 'find' | 'change'>;
  archives: Pick<ArchiveStore, 'sizeOf'>;
  stamp: DownloadServices['stamp'];
}

/** From the first of these events on the answer is "not ready", and why, instead of "not found". */
export const followUpload = (event: UploadEvent, { artifacts }: Services): Promise<void> =>
  artifacts.change(event, (artifact) => decideUpload(artifact, event));

/**
 * Makes the ZIP downloadable and says so: FILE_AVAILABLE, the one event that makes a video READY. So the ZIP is
 * looked at first.
 *
 * @throws ArchiveIncompleteError where it is not there as told.
 */
export const registerArchive = async (
  event: SagaEventOf<'FILE_PROCESSED'>,
  { artifacts, archives, stamp }: Services,
): Promise<void> => {
  const { attempt, storageKey, sizeBytes } = event.payload;
  // Asked before S3 is: the ZIP of a discarded or outdated attempt may be gone, and that is no error.
  if (wantsAttempt(await artifacts.find(event.sagaId), attempt)) {
    const foundBytes = await archives.sizeOf(storageKey);
    if (foundBytes !== sizeBytes) throw new ArchiveIncompleteError(event.sagaId, sizeBytes, foundBytes);
  }
  await artifacts.change(event, (artifact, now) => decideRegistration(artifact, event, now, stamp()));
};

/** Nothing can be downloaded any more, whatever is still to come. */
export const discardArtifact = (event: SagaEventOf<'DISCARD_FILE'>, { artifacts }: Services): Promise<void> =>
  artifacts.change(event, (artifact) => decideDiscard(artifact, event));

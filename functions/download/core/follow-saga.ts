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

/** After the first of these events, the response is "not ready" with the reason, instead of "not found". */
export const followUpload = (event: UploadEvent, { artifacts }: Services): Promise<void> =>
  artifacts.change(event, (artifact) => decideUpload(artifact, event));

/**
 * Makes the ZIP downloadable and emits FILE_AVAILABLE. Only this event makes a video READY, so the ZIP is checked
 * first.
 *
 * @throws ArchiveIncompleteError if the ZIP does not exist or has another size
 */
export const registerArchive = async (
  event: SagaEventOf<'FILE_PROCESSED'>,
  { artifacts, archives, stamp }: Services,
): Promise<void> => {
  const { attempt, storageKey, sizeBytes } = event.payload;
  // Checked before S3, because the ZIP of a discarded or outdated attempt may be missing, which is not an error.
  if (wantsAttempt(await artifacts.find(event.sagaId), attempt)) {
    const foundBytes = await archives.sizeOf(storageKey);
    if (foundBytes !== sizeBytes) throw new ArchiveIncompleteError(event.sagaId, sizeBytes, foundBytes);
  }
  await artifacts.change(event, (artifact, now) => decideRegistration(artifact, event, now, stamp()));
};

/** Ends all downloads of the video. Later events do not change that. */
export const discardArtifact = (event: SagaEventOf<'DISCARD_FILE'>, { artifacts }: Services): Promise<void> =>
  artifacts.change(event, (artifact) => decideDiscard(artifact, event));

import type { SagaEventOf } from '../../contracts/events.ts';
import { ARTIFACT_LIFETIME_SECONDS } from '../../contracts/limits.ts';
import { type UploadEvent, wantsAttempt } from './artifact.ts';
import { ArchiveIncompleteError } from './errors.ts';
import type { DownloadServices } from './ports.ts';

type Services = Pick<DownloadServices, 'artifacts' | 'archives'>;

/** From the first of these events on the answer is "not ready", and why, instead of "not found". */
export const followUpload = (event: UploadEvent, { artifacts }: Services): Promise<void> =>
  artifacts.followUpload(event);

/**
 * Makes the ZIP downloadable and says so: FILE_AVAILABLE, the one event that makes a video READY. So the ZIP is
 * looked at first.
 *
 * @throws ArchiveIncompleteError where it is not there as told.
 */
export const registerArchive = async (
  event: SagaEventOf<'FILE_PROCESSED'>,
  { artifacts, archives }: Services,
): Promise<void> => {
  const { attempt, storageKey, sizeBytes } = event.payload;
  // Asked before S3 is: the ZIP of a discarded or outdated attempt may be gone, and that is no error.
  if (wantsAttempt(await artifacts.find(event.sagaId), attempt)) {
    const foundBytes = await archives.sizeOf(storageKey);
    if (foundBytes !== sizeBytes) throw new ArchiveIncompleteError(event.sagaId, sizeBytes, foundBytes);
  }
  await artifacts.register(event, ARTIFACT_LIFETIME_SECONDS);
};

/** Nothing can be downloaded any more, whatever is still to come. */
export const discardArtifact = (event: SagaEventOf<'DISCARD_FILE'>, { artifacts }: Services): Promise<void> =>
  artifacts.discard(event);

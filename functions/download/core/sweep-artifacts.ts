import { framesPrefixOf } from '../../contracts/storage-keys.ts';
import type { ArchiveStore, ArtifactRepository } from './ports.ts';

const BATCH = 50;

/**
 * Removes the ZIP and the frames of artifacts that are past their time (they are refused from that moment on,
 * swept or not). The objects go first: what is interrupted is done again. One bad artifact stops no other.
 *
 * @returns how many expired.
 */
export const sweepArtifacts = async (
  {
    artifacts,
    archives,
  }: {
    artifacts: Pick<ArtifactRepository, 'overdue' | 'expire' | 'forgetDeleted'>;
    archives: Pick<ArchiveStore, 'remove' | 'removeBelow'>;
  },
  onError: (videoId: string, error: unknown) => void,
): Promise<number> => {
  let expired = 0;
  for (const artifact of await artifacts.overdue(BATCH)) {
    try {
      await archives.remove(artifact.zipKey);
      await archives.removeBelow(framesPrefixOf(artifact.manifestKey));
      await artifacts.expire(artifact.videoId);
      expired += 1;
    } catch (error) {
      onError(artifact.videoId, error);
    }
  }
  await artifacts.forgetDeleted();
  return expired;
};

import { framesPrefixOf } from '../../contracts/storage-keys.ts';
import type { ArchiveStore, ArtifactRepository, OverdueArtifact } from './ports.ts';

/**
 * Removes the ZIP and the frames of an expired artifact. (Downloads are refused from the expiry on, even before this.)
 * Removes the objects first, so that an interrupted removal is repeated.
 */
export const removeArtifact = async (
  artifact: OverdueArtifact,
  {
    artifacts,
    archives,
  }: {
    artifacts: Pick<ArtifactRepository, 'expire'>;
    archives: Pick<ArchiveStore, 'remove' | 'removeBelow'>;
  },
): Promise<'EXPIRED'> => {
  await archives.remove(artifact.zipKey);
  await archives.removeBelow(framesPrefixOf(artifact.manifestKey));
  await artifacts.expire(artifact.videoId);
  return 'EXPIRED';
};

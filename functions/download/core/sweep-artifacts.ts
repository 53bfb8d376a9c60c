import { framesPrefixOf } from '../../contracts/storage-keys.ts';
import type { ArchiveStore, ArtifactRepository, OverdueArtifact } from './ports.ts';

/**
 * Removes the ZIP and the frames of an artifact that is past its time. (It is refused from that moment on, swept or
 * not.) The objects go first: a removal that was interrupted is done again.
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

import type { FramePage } from '../../contracts/http/frames.ts';
import { framesPrefixOf } from '../../contracts/storage-keys.ts';
import { ArchiveExpiredError } from './errors.ts';
import { type DownloadRequest, findArchive } from './find-archive.ts';
import { linkSeconds } from './get-download.ts';
import type { DownloadServices } from './ports.ts';

/** One page of a video's frames, and the first index of the next page, if there is one. */
export interface FrameSlice {
  items: FramePage['items'];
  nextIndex: number | undefined;
}

/** Lists at most `limit` frames from `fromIndex` on. @throws VideoNotFoundError, NotReadyError, ArchiveExpiredError */
export const listFrames = async (
  { limit, fromIndex, ...request }: DownloadRequest & { limit: number; fromIndex: number },
  services: Pick<DownloadServices, 'artifacts' | 'archives' | 'links' | 'hints'>,
): Promise<FrameSlice> => {
  const { archive } = await findArchive(request, services);
  const manifest = await services.archives.readManifest(archive.manifestKey);
  // The manifest was removed in the meantime, because it expired or the video was deleted.
  if (!manifest) throw new ArchiveExpiredError();
  const rest = manifest.frames.filter((frame) => frame.index >= fromIndex);
  const seconds = linkSeconds(archive);
  const items = await Promise.all(
    rest.slice(0, limit).map(async ({ index, timeSeconds, width, height, fileName }) => ({
      index,
      timeSeconds,
      url: await services.links.toFrame(framesPrefixOf(archive.manifestKey) + fileName, seconds),
      width,
      height,
    })),
  );
  return { items, nextIndex: rest[limit]?.index };
};

import type { Download } from '../../contracts/http/frames.ts';
import { DOWNLOAD_URL_SECONDS } from '../../contracts/limits.ts';
import { archiveName } from './archive-name.ts';
import type { Archive } from './artifact.ts';
import { type DownloadRequest, findArchive } from './find-archive.ts';
import type { DownloadServices } from './ports.ts';

/** Creates a link to the user's ZIP. @throws VideoNotFoundError, NotReadyError, ArchiveExpiredError */
export const getDownload = async (
  request: DownloadRequest,
  services: DownloadServices,
): Promise<Download> => {
  const { fileName, archive } = await findArchive(request, services);
  const seconds = linkSeconds(archive);
  const issuedAt = services.now();
  return {
    url: await services.links.toArchive(archive.zipKey, archiveName(fileName), seconds),
    sizeBytes: archive.sizeBytes,
    sha256: archive.sha256,
    expiresAt: new Date(issuedAt.getTime() + seconds * 1000).toISOString(),
  };
};

/** Lifetime of a link, in seconds: not longer than that of its object. */
export const linkSeconds = ({ secondsLeft }: Archive): number =>
  Math.min(DOWNLOAD_URL_SECONDS, Math.floor(secondsLeft));

import type { Manifest } from '../../../functions/contracts/manifest.ts';
import { readFramesZip, sha256 } from '../../../test/support/zip.ts';
import type { Upload } from '../uploads.ts';

const DOWNLOADS_AT_ONCE = 4;

export interface Archives {
  /** Manifests of the complete ZIPs, by video id. */
  readonly manifests: ReadonlyMap<string, Manifest>;
  /** One line per READY video whose ZIP is broken, with the reason. */
  readonly broken: readonly string[];
}

/** Downloads the ZIP of each video as its user and checks it against its manifest. */
export const checkArchives = async (ready: readonly Upload[]): Promise<Archives> => {
  const manifests = new Map<string, Manifest>();
  const broken: string[] = [];
  const waiting = [...ready];
  const work = async (): Promise<void> => {
    for (let upload = waiting.shift(); upload !== undefined; upload = waiting.shift()) {
      const { videoId = '' } = upload;
      try {
        manifests.set(videoId, await checkArchive(upload, videoId));
      } catch (error) {
        broken.push(`${videoId}: ${String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: DOWNLOADS_AT_ONCE }, work));
  return { manifests, broken };
};

const checkArchive = async ({ user }: Upload, videoId: string): Promise<Manifest> => {
  const [video, download] = [await user.video(videoId), await user.download(videoId)];
  const response = await fetch(download.url);
  const zip = Buffer.from(await response.arrayBuffer());
  if (response.status !== 200) throw new Error(`the download answered with status ${response.status}`);
  if (zip.length !== download.sizeBytes) throw new Error(`${zip.length} bytes, not ${download.sizeBytes}`);
  if (sha256(zip) !== download.sha256) throw new Error('its SHA-256 differs from the announced one');
  const { manifest, frames } = await readFramesZip(zip);
  if (manifest.videoId !== videoId) throw new Error(`it is the ZIP of ${manifest.videoId}`);
  const counts = [frames.length, manifest.framesExpected, manifest.framesDelivered, video.frames];
  if (new Set(counts).size !== 1) throw new Error(`counts differ: ${counts.join(', ')}`);
  return manifest;
};

import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream, openAsBlob } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from './create-client.ts';
import { type Download, type DownloadOptions, type IncrementalHash, openZip } from './download-zip.ts';

/* The client's face for what needs Node's own modules. */

/** A file to upload. It is read while it is sent, and never as a whole. @throws Error of the file system, e.g. ENOENT */
export const fileSource = async (
  path: string,
): Promise<{ readonly fileName: string; readonly content: Blob }> => ({
  fileName: basename(path),
  content: await openAsBlob(path),
});

/**
 * Downloads the ZIP of a video to a file and checks its size and its SHA-256. The file is there as a whole or not at all;
 * one that was there before is replaced.
 *
 * @throws FrameFlowError also DOWNLOAD_REFUSED and DOWNLOAD_DAMAGED; the signal's reason; Error of the file system
 */
export const saveZip = async (
  client: Client,
  id: string,
  path: string,
  options: DownloadOptions = {},
): Promise<Pick<Download, 'sizeBytes' | 'sha256'>> => {
  const { stream, ...zip } = await openZip(client, id, { ...options, hash: beginSha256() });
  const partial = `${path}.${randomUUID()}.part`;
  try {
    await pipeline(Readable.fromWeb(stream), createWriteStream(partial, { flags: 'wx', flush: true }));
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  return zip;
};

/** A SHA-256 for `openZip`, by Node's own hash, which takes the bytes piece by piece. */
export const beginSha256 = (): IncrementalHash => {
  const hash = createHash('sha256');
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
};

import { rmSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DETECTION_BYTES } from '../containers/detect-container.ts';
import { ExtractionError } from '../errors.ts';
import type { VideoSource } from '../video.ts';
import { SOURCE_FILE } from './arguments.ts';

/** A copy of the video in a directory that no other user can read. */
export interface PrivateCopy {
  directory: string;
  /** The file's first bytes. */
  head: Uint8Array;
  remove(): Promise<void>;
}

/** Existing directories. All are removed when this process exits. */
const directories = new Set<string>();

/**
 * Downloads the source, chunk by chunk, into a new directory (mode 0700).
 *
 * @throws ExtractionError SIZE_MISMATCH if the number of bytes differs from the source's size; the directory is then
 *   removed
 */
export const copyPrivately = async (source: VideoSource, signal: AbortSignal): Promise<PrivateCopy> => {
  const directory = await mkdtemp(join(tmpdir(), 'frame-flow-'));
  // The listener is added at first use, not at import, so that a bundle without engines can drop this module.
  if (!process.listeners('exit').includes(removeAll)) process.once('exit', removeAll);
  directories.add(directory);
  const remove = async () => {
    await rm(directory, { recursive: true, force: true });
    directories.delete(directory);
  };
  try {
    const file = await open(join(directory, SOURCE_FILE), 'wx+', 0o600);
    try {
      let sizeBytes = 0;
      for await (const chunk of source.stream(signal)) {
        sizeBytes += chunk.byteLength;
        if (sizeBytes > source.sizeBytes) break;
        await file.writeFile(chunk);
      }
      if (sizeBytes !== source.sizeBytes) {
        throw new ExtractionError(
          'SIZE_MISMATCH',
          `received ${sizeBytes} bytes, declared ${source.sizeBytes}`,
        );
      }
      const head = Buffer.alloc(Math.min(DETECTION_BYTES, sizeBytes));
      await file.read(head, 0, head.byteLength, 0);
      return { directory, head, remove };
    } finally {
      await file.close();
    }
  } catch (error) {
    await remove();
    throw error;
  }
};

const removeAll = () => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
};

import { rmSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DETECTION_BYTES } from '../containers/detect-container.ts';
import { ExtractionError } from '../errors.ts';
import type { VideoSource } from '../video.ts';
import { SOURCE_FILE } from './arguments.ts';

/** The video in a directory that no other user can enter. */
export interface PrivateCopy {
  directory: string;
  /** The file's first bytes. */
  head: Uint8Array;
  remove(): Promise<void>;
}

/** Directories under way: none outlives this process. */
const directories = new Set<string>();

const removeAll = () => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
};

/**
 * Downloads the source, chunk by chunk, into a directory of its own (mode 0700).
 *
 * @throws ExtractionError SIZE_MISMATCH when the bytes are fewer or more than the source's size; nothing is left behind.
 */
export const copyPrivately = async (source: VideoSource, signal: AbortSignal): Promise<PrivateCopy> => {
  const directory = await mkdtemp(join(tmpdir(), 'frame-flow-'));
  // At the first use, not at import: a bundle that starts no engine leaves this module out.
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
          `${sizeBytes} bytes came, ${source.sizeBytes} were declared`,
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

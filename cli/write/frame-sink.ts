import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FolderSink } from './folder-sink.ts';
import { namePlace } from './name-place.ts';
import type { Target } from './targets.ts';
import { ZipSink } from './zip-sink.ts';

/** Frames on their way to a target, which shows nothing of them before `commit`. */
export interface FrameSink {
  /** Resolves once there is room for another frame. */
  add(fileName: string, bytes: Uint8Array): Promise<void>;
  /** Writes the manifest and shows the target, whole. @returns its size in bytes, manifest included. */
  commit(manifest: string): Promise<number>;
  /** Gives up: nothing is left. Harmless after `commit`. */
  abort(): Promise<void>;
}

/** Begins to write a target. @throws CliError, or the file system's error, where its folder cannot be written to. */
export const openSink = async (target: Target): Promise<FrameSink> => {
  await mkdir(dirname(target.path), { recursive: true });
  const sink = target.kind === 'zip' ? await ZipSink.open(target.path) : await FolderSink.open(target.path);
  const named = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw namePlace(error, target.path);
    });
  return {
    add: (fileName, bytes) => named(sink.add(fileName, bytes)),
    commit: (manifest) => named(sink.commit(manifest)),
    abort: () => sink.abort(),
  };
};

import { createWriteStream } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Client, openZip } from '../../client/index.ts';
import { beginSha256 } from '../../client/node.ts';
import type { Manifest } from '../../functions/contracts/manifest.ts';
import type { ProgressTask } from '../output/progress.ts';
import { checkZip } from '../write/checked-zip.ts';
import { FolderSink } from '../write/folder-sink.ts';
import { namePlace } from '../write/name-place.ts';
import { beginPart, endPart } from '../write/part-files.ts';
import type { Target } from '../write/targets.ts';

/** What was fetched. */
export interface FetchedFrames {
  manifest: Manifest;
  /** Of the ZIP, or of all files of the folder. */
  sizeBytes: number;
}

/**
 * Downloads the ZIP of a video beside its target, holds every frame against the manifest, and shows the target when all of
 * them are right: the ZIP itself, or a folder with its frames.
 *
 * @throws FrameFlowError; CliError; the signal's reason. Then nothing is at the target.
 */
export const fetchFrames = async (
  client: Client,
  id: string,
  target: Target,
  task: ProgressTask,
  signal: AbortSignal,
): Promise<FetchedFrames> => {
  await mkdir(dirname(target.path), { recursive: true });
  const zip = await beginPart(target.kind === 'zip' ? target.path : `${target.path}.zip`);
  try {
    await download(client, id, zip, task, signal);
    task.update({ step: 'checking' });
    if (target.kind === 'folder') return await unpack(zip, target.path, signal);
    const { manifest } = await checkZip(zip, signal);
    const { size } = await stat(zip);
    signal.throwIfAborted();
    await rename(zip, target.path);
    return { manifest, sizeBytes: size };
  } catch (error) {
    throw signal.aborted ? signal.reason : namePlace(error, target.path);
  } finally {
    await endPart(zip);
  }
};

const download = async (
  client: Client,
  id: string,
  path: string,
  task: ProgressTask,
  signal: AbortSignal,
): Promise<void> => {
  const { stream } = await openZip(client, id, {
    signal,
    hash: beginSha256(),
    onProgress: ({ receivedBytes, totalBytes }) =>
      task.update({ unit: 'bytes', step: 'downloading', done: receivedBytes, total: totalBytes }),
  });
  await pipeline(Readable.fromWeb(stream), createWriteStream(path, { flags: 'wx' }), { signal });
};

const unpack = async (zip: string, folder: string, signal: AbortSignal): Promise<FetchedFrames> => {
  const sink = await FolderSink.open(folder);
  try {
    const { manifest, text } = await checkZip(zip, signal, (name, bytes) => sink.add(name, bytes));
    signal.throwIfAborted();
    return { manifest, sizeBytes: await sink.commit(text) };
  } catch (error) {
    await sink.abort();
    throw error;
  }
};

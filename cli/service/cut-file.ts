import { stat } from 'node:fs/promises';
import { type Client, hasCode, uploadFile, type Video, waitUntilDone } from '../../client/index.ts';
import { fileSource } from '../../client/node.ts';
import { CliError, fileError } from '../errors.ts';
import { isRunning } from '../is-running.ts';
import type { ProgressTask } from '../output/progress.ts';
import { videoState } from '../output/video-text.ts';
import type { Target } from '../write/targets.ts';
import { type FetchedFrames, fetchFrames } from './fetch-frames.ts';
import type { CutKey, UploadJournal } from './upload-journal.ts';

export interface CutFileOrder {
  path: string;
  target: Target;
  intervalSeconds: number;
  /** Whether to wait for the frames and to fetch them. */
  wait: boolean;
}

export interface CutFileServices {
  apiUrl: string;
  client: Client;
  journal: UploadJournal;
  task: ProgressTask;
  note: (text: string) => void;
  signal: AbortSignal;
}

/** How far the cut came. */
export interface CutFileResult {
  video: Pick<Video, 'id' | 'status'>;
  /** Absent where the frames were not waited for. */
  fetched?: FetchedFrames;
}

/**
 * Uploads one file, waits for its frames and fetches them. Where an earlier command was killed on the way, it goes on from
 * the video that the service has by then; an upload that was not complete starts over.
 *
 * @throws FrameFlowError; CliError; the file system's error; the signal's reason.
 */
export const cutFile = async (order: CutFileOrder, services: CutFileServices): Promise<CutFileResult> => {
  const { client, journal, task, signal } = services;
  const key = await keyOf(order, services);
  const video = (await findEarlier(key, services)) ?? (await upload(key, services));
  if (!order.wait) {
    await journal.forget(key);
    return { video };
  }
  const done = await waitUntilDone(client, video.id, {
    signal,
    onChange: (changed) => {
      const { framesDone = 0, framesExpected = 0 } = changed.progress ?? {};
      task.update({ unit: 'frames', step: videoState(changed), done: framesDone, total: framesExpected });
    },
  });
  if (done.status !== 'READY') {
    await journal.forget(key);
    throw failureOf(done);
  }
  const fetched = await fetchFrames(client, video.id, order.target, task, signal);
  await journal.forget(key);
  return { video: done, fetched };
};

const keyOf = async (
  { path, intervalSeconds }: CutFileOrder,
  { apiUrl }: CutFileServices,
): Promise<CutKey> => {
  const stats = await stat(path);
  if (!stats.isFile()) throw fileError('NOT_A_FILE', `${path} is not a file.`, 'Name video files.');
  if (stats.size === 0) {
    throw fileError('EMPTY_FILE', `${path} is empty.`, 'Copy or download the file again.');
  }
  return { apiUrl, path, sizeBytes: stats.size, modifiedMilliseconds: stats.mtimeMs, intervalSeconds };
};

/** The video of a command that was killed, where its upload was complete. */
const findEarlier = async (
  key: CutKey,
  { client, journal, note, signal }: CutFileServices,
): Promise<Pick<Video, 'id' | 'status'> | undefined> => {
  const entry = await journal.find(key);
  // The cut of a command that still runs is that command's.
  if (entry === undefined || isRunning(entry.pid)) return undefined;
  const id = entry.videoId;
  try {
    const video = await client.getVideo({ id }, { signal });
    if (video.status === 'UPLOADED' || video.status === 'PROCESSING' || video.status === 'READY') {
      note('It was uploaded before: its frames are fetched without another upload.');
      return video;
    }
    if (video.status === 'AWAITING_UPLOAD') {
      note('Its upload was interrupted: it starts over.');
      await client.deleteVideo({ id }, { signal });
    }
  } catch (error) {
    // Deleted, or of another account.
    if (!hasCode(error, 'VIDEO_NOT_FOUND')) throw error;
  }
  await journal.forget(key);
  return undefined;
};

const upload = async (
  key: CutKey,
  { client, journal, task, signal }: CutFileServices,
): Promise<Pick<Video, 'id' | 'status'>> => {
  let remembered: Promise<void> = Promise.resolve();
  const video = await uploadFile(client, await fileSource(key.path), {
    intervalSeconds: key.intervalSeconds,
    signal,
    onCreated: ({ id }) => {
      remembered = journal.remember(key, id);
      remembered.catch(() => undefined);
    },
    onProgress: ({ sentBytes, totalBytes }) =>
      task.update({ unit: 'bytes', step: 'uploading', done: sentBytes, total: totalBytes }),
  });
  await remembered;
  return video;
};

const failureOf = ({ status, failure }: Video): CliError =>
  new CliError({
    outcome: 'failed',
    code: failure?.code ?? status,
    message: failure?.message ?? 'The service has no frames of this video.',
    nextStep: 'Check the file with a video player, or try `frame-flow extract`.',
  });

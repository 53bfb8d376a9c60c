import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { MAX_FRAMES } from '../../functions/contracts/limits.ts';
import { FfmpegCliEngine } from '../../functions/process/adapters/ffmpeg-cli/ffmpeg-cli-engine.ts';
import type { ExtractedFrame, VideoSource, VideoSummary } from '../../functions/process/core/video.ts';
import { type ClipName, clip, FFMPEG_PATH } from './clips.ts';

/** A file on disk as a video source. */
export const fileSource = async (path: string): Promise<VideoSource> => ({
  name: basename(path),
  sizeBytes: (await stat(path)).size,
  etag: '"file"',
  read: async ({ offset, length }) => {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  },
  stream: async function* () {
    yield* createReadStream(path);
  },
});

/** Everything that the command-line engine makes of a clip. */
export const openClip = async (
  name: ClipName,
  intervalSeconds = 10,
): Promise<{ summary: VideoSummary; frames: ExtractedFrame[] }> => {
  const engine = new FfmpegCliEngine({ binary: FFMPEG_PATH });
  const source = await fileSource(await clip(name));
  const { signal } = new AbortController();
  const extraction = await engine.open({ source, intervalSeconds, maxFrames: MAX_FRAMES, signal });
  try {
    const frames: ExtractedFrame[] = [];
    for await (const frame of extraction.frames()) frames.push(frame);
    return { summary: extraction.summary, frames };
  } finally {
    await extraction.close();
  }
};

/** Runs `work` with a temporary directory of its own as the system's one. */
export const withPrivateTemp = async <T>(work: (directory: string) => Promise<T>): Promise<T> => {
  const directory = await mkdtemp(join(tmpdir(), 'frame-flow-test-'));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = directory;
  try {
    return await work(directory);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    await rm(directory, { recursive: true, force: true });
  }
};

import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type EngineUsage,
  type ExtractedFrame,
  type Extraction,
  type ExtractionEngine,
  FfmpegCliEngine,
  LibavEngine,
  type VideoSource,
  type VideoSummary,
} from '../../engine/index.ts';
import { MAX_FRAMES } from '../../functions/contracts/limits.ts';
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

/** The command-line engine. */
export const cliEngine = (): ExtractionEngine => new FfmpegCliEngine({ binary: FFMPEG_PATH });

/** The source of the child's program; only a deployment bundles it. */
export const EXTRACTOR_PROGRAM = fileURLToPath(
  new URL('../../engine/libav/child/extractor.task.ts', import.meta.url),
);

/** The libav engine. */
export const libavEngine = (): ExtractionEngine => new LibavEngine({ program: EXTRACTOR_PROGRAM });

/** Opens a file with an engine. */
export const openFile = async (
  engine: ExtractionEngine,
  path: string,
  intervalSeconds = 10,
  signal = new AbortController().signal,
): Promise<Extraction> => {
  const source = await fileSource(path);
  return engine.open({ source, intervalSeconds, maxFrames: MAX_FRAMES, signal });
};

/** All frames, the summary and the usage of an engine's extraction of a clip. */
export const openClip = async (
  engine: ExtractionEngine,
  name: ClipName,
  intervalSeconds = 10,
): Promise<{ summary: VideoSummary; frames: ExtractedFrame[]; usage: EngineUsage | undefined }> => {
  const extraction = await openFile(engine, await clip(name), intervalSeconds);
  try {
    const frames: ExtractedFrame[] = [];
    for await (const frame of extraction.frames()) frames.push(frame);
    return { summary: extraction.summary, frames, usage: extraction.usage?.() };
  } finally {
    await extraction.close();
  }
};

/** Runs `work` with a new directory as the system's temporary directory. */
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

import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
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
import { EXTRACTOR_FILE, prepareExtractor } from '../../lib/build/extractor-program.ts';
import { childrenWith } from './children.ts';
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

let bundledProgram: string | undefined;

/** The child's program, bundled as in a deployment. A child starts three times faster from it than from its source. */
export const extractorProgram = (): string => {
  bundledProgram ??= prepareExtractor();
  return bundledProgram;
};

/** The libav engine. */
export const libavEngine = (): ExtractionEngine => new LibavEngine({ program: extractorProgram() });

/** The ids of the running children of this process's libav engines. */
export const extractorPids = (): Promise<number[]> => childrenWith(EXTRACTOR_FILE);

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

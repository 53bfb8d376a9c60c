import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ExtractedFrame, FallbackEngine, FfmpegCliEngine, LibavEngine } from '../../../engine/index.ts';
import { EXTRACTOR_FILE, prepareExtractor } from '../../../lib/build/extractor-program.ts';
import { type ClipName, clip, FFMPEG_PATH } from '../../support/clips.ts';
import { cliEngine, extractorPids, extractorProgram, openClip, openFile } from '../../support/extraction.ts';

const create = (program = extractorProgram(), libavPath?: string) => {
  const crashes: number[] = [];
  const causes: string[] = [];
  const engine = new FallbackEngine({
    first: new LibavEngine({ program, ...(libavPath !== undefined && { libavPath }) }),
    second: new FfmpegCliEngine({ binary: FFMPEG_PATH }),
    onFallback: ({ cause, framesDelivered }) => {
      crashes.push(framesDelivered);
      causes.push(cause);
    },
  });
  return { engine, crashes, causes };
};

const places = (frames: readonly ExtractedFrame[]) =>
  frames.map(({ index, requestedTimeSeconds, timeSeconds }) => [index, requestedTimeSeconds, timeSeconds]);

describe('FallbackEngine', () => {
  it('uses only the first engine as long as that works', async () => {
    const { engine, crashes } = create();
    const { frames, usage } = await openClip(engine, 'h264.mp4');
    expect(frames).toHaveLength(4);
    expect(usage?.engine).toBe('libav');
    expect(crashes).toEqual([]);
  });

  it('uses only the second engine when the first cannot start', async () => {
    const { engine, crashes, causes } = create('/nowhere/extractor.mjs');
    const { frames, usage } = await openClip(engine, 'h264.mp4');
    expect(frames.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(usage?.engine).toBe('ffmpeg-cli');
    expect(crashes).toEqual([0]);
    expect(causes).toEqual(['not-started']);
  });

  it('reports an engine without libav as not started', async () => {
    // The program lies outside the repository, so that it does not find libav in its node_modules.
    const directory = await mkdtemp(join(tmpdir(), 'frame-flow-extractor-'));
    const program = join(directory, EXTRACTOR_FILE);
    await copyFile(prepareExtractor(), program);
    const { engine, causes } = create(program, '/nowhere');
    const { usage } = await openClip(engine, 'h264.mp4');
    await rm(directory, { recursive: true });
    expect(usage?.engine).toBe('ffmpeg-cli');
    expect(causes).toEqual(['not-started']);
  });

  it.each<ClipName>(['h264.mkv', 'mpeg4-b-frames.avi', 'no-index.avi'])(
    'finishes %s with the second engine when the first was killed in the middle',
    async (name) => {
      const { engine, crashes, causes } = create();
      const extraction = await openFile(engine, await clip(name), 1);
      const frames: ExtractedFrame[] = [];
      for await (const frame of extraction.frames()) {
        frames.push(frame);
        if (frames.length !== 5) continue;
        const children = await extractorPids();
        expect(children.length).toBeGreaterThan(0);
        for (const pid of children) process.kill(pid, 'SIGKILL');
      }
      await extraction.close();
      expect(crashes).toHaveLength(1);
      expect(crashes[0]).toBeGreaterThanOrEqual(5);
      expect(causes).toEqual(['crashed']);
      expect(extraction.usage?.().engine).toBe('libav+ffmpeg-cli');
      expect(frames).toHaveLength(extraction.summary.framesExpected);
      const { frames: expected } = await openClip(cliEngine(), name, 1);
      expect(places(frames)).toEqual(places(expected));
    },
  );

  it('does not retry a file that the first engine refused', async () => {
    const { engine, crashes } = create();
    await expect(openClip(engine, 'audio-only.mp4')).rejects.toMatchObject({ code: 'NO_VIDEO_STREAM' });
    expect(crashes).toEqual([]);
  });
});

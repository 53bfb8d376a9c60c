import { mkdtemp, readdir, readFile, readlink, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ByteRange, ExtractionError, LibavEngine, type VideoSource } from '../../../engine/index.ts';
import { MAX_FRAMES } from '../../../functions/contracts/limits.ts';
import { clip } from '../../support/clips.ts';
import { eventually } from '../../support/eventually.ts';
import {
  extractorPids,
  extractorProgram,
  fileSource,
  libavEngine,
  openClip,
  openFile,
} from '../../support/extraction.ts';
import { describeExtraction } from '../../support/extraction-suite.ts';

describeExtraction('LibavEngine', libavEngine);

const FTYP = Buffer.from('\0\0\0\x18ftypisom\0\0\x02\0isomiso2', 'latin1');
const request = (source: VideoSource, signal = new AbortController().signal) => ({
  ...{ source, intervalSeconds: 1, maxFrames: MAX_FRAMES, signal },
});

describe('LibavEngine, its reads', () => {
  it('reads a small part of a video with short groups of pictures, and counts the bytes', async () => {
    const source = await fileSource(await clip('short-groups.mp4'));
    const { usage } = await openClip(libavEngine(), 'short-groups.mp4');
    expect(usage?.engine).toBe('libav');
    expect(usage?.requests).toBeGreaterThan(0);
    expect(usage?.bytesRead).toBeLessThan(source.sizeBytes * 0.3);
  });

  it('retries a failed read, and gives up when every read fails', async () => {
    const whole = await fileSource(await clip('h264.mp4'));
    let reads = 0;
    const flaky = {
      ...whole,
      read: async (range: ByteRange, ending: AbortSignal) => {
        reads += 1;
        if (reads % 2 === 1) throw new Error('connection reset');
        return whole.read(range, ending);
      },
    };
    const extraction = await libavEngine().open({ ...request(flaky), intervalSeconds: 10 });
    const indices: number[] = [];
    for await (const frame of extraction.frames()) indices.push(frame.index);
    await extraction.close();
    expect(indices).toEqual([0, 1, 2, 3]);

    const gone = { ...whole, read: async () => Promise.reject(new Error('no such bucket')) };
    await expect(libavEngine().open(request(gone))).rejects.toThrow('no such bucket');
  });

  it('refuses a source that ends early or was replaced', async () => {
    const whole = await fileSource(await clip('index-at-end.mov'));
    const short = { ...whole, sizeBytes: whole.sizeBytes + 1 };
    await expect(libavEngine().open(request(short))).rejects.toMatchObject({ code: 'SIZE_MISMATCH' });
    const replaced = {
      ...whole,
      read: async () => Promise.reject(new ExtractionError('SOURCE_REPLACED', 'another ETag')),
    };
    await expect(libavEngine().open(request(replaced))).rejects.toMatchObject({ code: 'SOURCE_REPLACED' });
  });

  it('opens no file or URL of a playlist that is disguised as a video', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'frame-flow-tripwire-'));
    let visits = 0;
    const server = createServer((_, response) => {
      visits += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const address = server.address();
      const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/x.ts`;
      const neighbour = join(folder, 'neighbour.ts');
      await writeFile(neighbour, 'secret');
      const past = new Date('2020-01-01T00:00:00Z');
      await utimes(neighbour, past, past);
      const opened = await stat(neighbour);
      const playlists = [neighbour, `file:${neighbour}`, url].flatMap((target) => [
        `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n${target}\n#EXT-X-ENDLIST\n`,
        `ffconcat version 1.0\nfile '${target}'\n`,
      ]);
      for (const [index, playlist] of playlists.entries()) {
        const path = join(folder, `${index}.mp4`);
        await writeFile(path, playlist);
        await expect(openFile(libavEngine(), path)).rejects.toMatchObject({ code: 'UNSUPPORTED_CONTAINER' });
        // With the first bytes of a video, the playlist reaches the demuxer.
        await writeFile(path, Buffer.concat([FTYP, Buffer.from(playlist)]));
        await expect(openFile(libavEngine(), path)).rejects.toMatchObject({ code: 'CORRUPT_VIDEO' });
      }
      expect(visits).toBe(0);
      expect((await stat(neighbour)).atimeMs).toBe(opened.atimeMs);
    } finally {
      server.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('LibavEngine, its children', () => {
  it('have only the memory settings in their environment, and no open file of the video', async () => {
    const extraction = await openFile(libavEngine(), await clip('h264.mp4'));
    const [pid] = await extractorPids();
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1');
    const names = environment.split('\0').flatMap((variable) => variable.split('=')[0] || []);
    expect(names.toSorted()).toEqual(['MALLOC_ARENA_MAX', 'MALLOC_MMAP_THRESHOLD_']);
    for (const name of await readdir(`/proc/${pid}/fd`)) {
      expect(await readlink(`/proc/${pid}/fd/${name}`)).not.toContain('h264.mp4');
    }
    await extraction.close();
    expect(await extractorPids()).toEqual([]);
  });

  it('are killed at the deadline, and the reading throws its reason', async () => {
    const deadline = new AbortController();
    const source = await fileSource(await clip('h264.mkv'));
    const extraction = await libavEngine().open(request(source, deadline.signal));
    const frames = extraction.frames()[Symbol.asyncIterator]();
    await frames.next();
    deadline.abort(new ExtractionError('PROCESSING_TIMEOUT'));
    await expect(drain(frames)).rejects.toMatchObject({ code: 'PROCESSING_TIMEOUT' });
    await eventually(
      'the end of the children',
      async () => (await extractorPids()).length === 0 || undefined,
    );
    await extraction.close();
  });

  it.each([1, 2])('are never more than the concurrency of %d during a whole job', async (concurrency) => {
    // The end of this clip is found by draining the decoder frame by frame.
    const source = await fileSource(await clip('low-rate-b-frames.avi'));
    const engine = new LibavEngine({ program: extractorProgram(), concurrency });
    const extraction = await engine.open({ ...request(source), intervalSeconds: 10 });
    const counts = [(await extractorPids()).length];
    for await (const frame of extraction.frames()) counts[frame.index + 1] = (await extractorPids()).length;
    expect(counts).toHaveLength(41);
    expect(Math.max(...counts)).toBe(concurrency);
    await extraction.close();
    expect(await extractorPids()).toEqual([]);
  });

  it.each(['h264.mkv', 'live.mkv'] as const)(
    'are used again after a reader of %s left early',
    async (name) => {
      const source = await fileSource(await clip(name));
      const engine = new LibavEngine({ program: extractorProgram(), concurrency: 2 });
      const extraction = await engine.open(request(source));
      for (let reader = 0; reader < 5; reader += 1) {
        for await (const frame of extraction.frames(reader)) {
          expect(frame.index).toBe(reader);
          break;
        }
        const read = async () => {
          for await (const frame of extraction.frames(reader)) throw new Error(`no room for ${frame.index}`);
        };
        await expect(read()).rejects.toThrow(`no room for ${reader}`);
      }
      expect((await extractorPids()).length).toBeLessThanOrEqual(2);
      const indices: number[] = [];
      for await (const frame of extraction.frames()) indices.push(frame.index);
      expect(indices).toEqual(Array.from({ length: 35 }, (_, index) => index));
      await extraction.close();
    },
  );

  it('are reported as crashed when they cannot be started or are killed', async () => {
    const source = await fileSource(await clip('h264.mkv'));
    const broken = new LibavEngine({ program: '/nowhere/extractor.mjs' });
    await expect(broken.open(request(source))).rejects.toMatchObject({ code: 'ENGINE_CRASHED' });

    const extraction = await libavEngine().open(request(source));
    const frames = extraction.frames()[Symbol.asyncIterator]();
    await frames.next();
    for (const pid of await extractorPids()) process.kill(pid, 'SIGSEGV');
    await expect(drain(frames)).rejects.toMatchObject({ code: 'ENGINE_CRASHED' });
    await extraction.close();
  });
});

const drain = async (frames: AsyncIterator<unknown>): Promise<void> => {
  while (!(await frames.next()).done);
};

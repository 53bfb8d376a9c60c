import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FfmpegSession } from '../../../engine/ffmpeg-cli/ffmpeg-session.ts';
import { copyPrivately } from '../../../engine/ffmpeg-cli/private-copy.ts';
import { runFfmpeg } from '../../../engine/ffmpeg-cli/run-ffmpeg.ts';
import { ExtractionError, FfmpegCliEngine } from '../../../engine/index.ts';
import { MAX_FRAMES } from '../../../functions/contracts/limits.ts';
import { clip, FFMPEG_PATH } from '../../support/clips.ts';
import { eventually } from '../../support/eventually.ts';
import { fileSource, withPrivateTemp } from '../../support/extraction.ts';

/** Writes a script that simulates a misbehaving FFmpeg. */
const script = async (directory: string, text: string): Promise<string> => {
  const path = join(directory, 'script');
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
  return path;
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const quiet = { onStdout: () => undefined, onLogLine: () => undefined };

describe('runFfmpeg', () => {
  it('kills the whole process group when the signal is aborted, and throws its reason', async () => {
    await withPrivateTemp(async (cwd) => {
      const binary = await script(
        cwd,
        "trap '' TERM\n/bin/sleep 600 &\necho $! > child\necho $$ > parent\nwait",
      );
      const abort = new AbortController();
      const run = runFfmpeg({ binary, args: [], cwd, signal: abort.signal, ...quiet });
      run.catch(() => undefined);
      const pidIn = async (name: string) => {
        const text = await readFile(join(cwd, name), 'utf8').catch(() => '');
        return text.endsWith('\n') ? Number(text) : undefined;
      };
      const child = await eventually('the child', () => pidIn('child'));
      const parent = await eventually('the parent', () => pidIn('parent'));
      abort.abort(new ExtractionError('PROCESSING_TIMEOUT'));
      await expect(run).rejects.toMatchObject({ code: 'PROCESSING_TIMEOUT' });
      await eventually('the group’s end', () => (isAlive(child) || isAlive(parent) ? undefined : true));
    });
  });

  it('does not start after the signal is aborted', async () => {
    await withPrivateTemp(async (cwd) => {
      const binary = await script(cwd, 'echo > started');
      const signal = AbortSignal.abort(new ExtractionError('PROCESSING_TIMEOUT'));
      await expect(runFfmpeg({ binary, args: [], cwd, signal, ...quiet })).rejects.toMatchObject({
        code: 'PROCESSING_TIMEOUT',
      });
      expect(await readdir(cwd)).toEqual(['script']);
    });
  });

  it('passes no environment variables on, and so no credentials', async () => {
    await withPrivateTemp(async (cwd) => {
      process.env.AWS_SECRET_ACCESS_KEY_FOR_TEST = 'secret';
      const output: Buffer[] = [];
      const { signal } = new AbortController();
      const onStdout = (chunk: Buffer) => output.push(chunk);
      await runFfmpeg({ ...quiet, binary: '/usr/bin/env', args: [], cwd, signal, onStdout });
      expect(Buffer.concat(output).toString()).toBe('');
    });
  });

  it('distinguishes a crash from an exit', async () => {
    await withPrivateTemp(async (cwd) => {
      const { signal } = new AbortController();
      const crash = await script(cwd, 'kill -SEGV $$');
      await expect(runFfmpeg({ binary: crash, args: [], cwd, signal, ...quiet })).rejects.toMatchObject({
        code: 'ENGINE_CRASHED',
      });
      const exit = await script(cwd, 'exit 3');
      await expect(runFfmpeg({ binary: exit, args: [], cwd, signal, ...quiet })).resolves.toBe(3);
    });
  });
});

describe('a playlist that passed the container check', () => {
  it.each(['hls-playlist.mp4', 'concat-list.mp4', 'dash-manifest.mp4', 'session.mp4'] as const)(
    'opens nothing beside it: %s',
    async (name) => {
      await withPrivateTemp(async () => {
        const { signal } = new AbortController();
        const copy = await copyPrivately(await fileSource(await clip(name)), signal);
        // The file that the playlists name lies beside them, so that it could be opened.
        await writeFile(join(copy.directory, 'h264.mp4'), await readFile(await clip('h264.mp4')));
        for (const container of ['mp4', 'mkv', 'avi'] as const) {
          const { directory } = copy;
          const session = new FfmpegSession({
            binary: FFMPEG_PATH,
            directory,
            container,
            cpuSeconds: 60,
            signal,
          });
          await expect(session.listSamples()).rejects.toMatchObject({ code: 'CORRUPT_VIDEO' });
        }
      });
    },
  );
});

describe('FfmpegCliEngine under a deadline', () => {
  it('ends mid-extraction with the deadline’s reason and leaves no file behind', async () => {
    const source = await fileSource(await clip('h264.mp4'));
    await withPrivateTemp(async (temp) => {
      const abort = new AbortController();
      const engine = new FfmpegCliEngine({ binary: FFMPEG_PATH, concurrency: 1 });
      const request = { source, intervalSeconds: 1, maxFrames: MAX_FRAMES, signal: abort.signal };
      const extraction = await engine.open(request);
      const read = async () => {
        for await (const frame of extraction.frames()) {
          if (frame.index === 0) abort.abort(new ExtractionError('PROCESSING_TIMEOUT'));
        }
      };
      await expect(read()).rejects.toMatchObject({ code: 'PROCESSING_TIMEOUT' });
      await extraction.close();
      expect(await readdir(temp)).toEqual([]);
    });
  });

  it('removes its copy when it is closed before all frames are read', async () => {
    const source = await fileSource(await clip('h264.mp4'));
    await withPrivateTemp(async (temp) => {
      const { signal } = new AbortController();
      const engine = new FfmpegCliEngine({ binary: FFMPEG_PATH });
      const extraction = await engine.open({ source, intervalSeconds: 1, maxFrames: MAX_FRAMES, signal });
      for await (const frame of extraction.frames()) {
        expect(frame.index).toBe(0);
        break;
      }
      expect(await readdir(temp)).toHaveLength(1);
      await extraction.close();
      expect(await readdir(temp)).toEqual([]);
    });
  });

  it('keeps its copy in a folder that no other user can enter', async () => {
    const source = await fileSource(await clip('short.mp4'));
    await withPrivateTemp(async () => {
      const copy = await copyPrivately(source, new AbortController().signal);
      expect((await stat(copy.directory)).mode & 0o777).toBe(0o700);
      expect((await stat(join(copy.directory, 'source'))).mode & 0o777).toBe(0o600);
      await copy.remove();
    });
  });
});

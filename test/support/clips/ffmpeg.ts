import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';

const installer: { path: string } = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg');

/** The FFmpeg binary that the project ships. */
export const FFMPEG_PATH = installer.path;

/** Runs FFmpeg with a quiet log. @returns its log. */
export const ffmpeg = async (args: readonly string[], logLevel = 'error'): Promise<string> => {
  const { stderr } = await promisify(execFile)(
    FFMPEG_PATH,
    ['-hide_banner', '-nostdin', '-nostats', '-y', '-loglevel', logLevel, ...args],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  return stderr;
};

/** Runs FFmpeg with a quiet log. @returns its standard output. */
export const ffmpegOutput = async (args: readonly string[]): Promise<Buffer> => {
  const { stdout } = await promisify(execFile)(
    FFMPEG_PATH,
    ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error', ...args],
    { maxBuffer: 256 * 1024 * 1024, encoding: 'buffer' },
  );
  return stdout;
};

import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const installer: { path: string } = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg');

/** The FFmpeg binary that the project ships. */
export const FFMPEG_PATH = installer.path;

/** The directory of all files that the benchmark creates. */
export const CACHE = fileURLToPath(new URL('../../node_modules/.cache/frame-flow-bench/', import.meta.url));

/**
 * `cut`: shots of three seconds on average, as in edited films. An encoder begins each shot with a keyframe. So the
 * average group of pictures is shorter than the maximum, which helps every engine that seeks. `uncut`: a single shot,
 * so that every group of pictures has its maximum length.
 */
type Film = 'cut' | 'uncut';

/** A video for the measurements. */
export interface BenchClip {
  readonly name: string;
  readonly description: string;
  /** The longest distance between two keyframes. An encoder that detects cuts also inserts a keyframe at each cut. */
  readonly gopSeconds: number;
  readonly durationSeconds: number;
  readonly rate: number;
  readonly size: string;
  readonly encoding: readonly string[];
  /** Seconds of film that are encoded. The video repeats them. @default 47 */
  readonly reelSeconds?: number;
  /** The kind of film. @default 'cut' */
  readonly film?: Film;
}

const MEGABYTE = 1_000_000;
/** Close to the upload limit. */
const LARGE = 93 * MEGABYTE;

const rateFor = (seconds: number, bytes = LARGE): string[] => [
  '-b:v',
  String(Math.floor((bytes * 8) / seconds)),
];
const h264 = (gop: number, seconds: number) => [
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3', '-g', String(gop), '-pix_fmt', 'yuv420p'],
  ...rateFor(seconds),
];

/** Keyframes at fixed distances, independent of the picture, as in cameras and streaming. */
const FIXED_GOP = ['-sc_threshold', '0', '-keyint_min', '30'];

/** The four clips of the engine's design, and four with other difficulties. */
export const BENCH_CLIPS: readonly BenchClip[] = [
  {
    name: 'h264-720p-long-gop.mp4',
    description: 'H.264 720p30, 600 s, GOP 250, MP4',
    ...{ gopSeconds: 8, durationSeconds: 600, rate: 30, size: '1280x720', encoding: h264(250, 600) },
  },
  {
    name: 'h264-1080p-long-gop.mp4',
    description: 'H.264 1080p30, 300 s, GOP 250, MP4',
    ...{ gopSeconds: 8, durationSeconds: 300, rate: 30, size: '1920x1080', encoding: h264(250, 300) },
  },
  {
    name: 'h264-1080p-uncut.mp4',
    description: 'H.264 1080p30, 300 s, one shot, a keyframe every 8 s and never before, MP4',
    ...{ gopSeconds: 8, durationSeconds: 300, rate: 30, size: '1920x1080', film: 'uncut', reelSeconds: 56 },
    encoding: [...h264(240, 300), ...FIXED_GOP],
  },
  {
    name: 'h264-1080p-short-gop.mov',
    description: 'H.264 1080p30, 300 s, GOP 30, MOV, index at the end',
    ...{
      gopSeconds: 1,
      durationSeconds: 300,
      rate: 30,
      size: '1920x1080',
      encoding: [...h264(30, 300), ...FIXED_GOP],
    },
  },
  {
    name: 'mpeg4-1080p.avi',
    description: 'MPEG-4 ASP 1080p30, 120 s, GOP 60, AVI',
    ...{ gopSeconds: 2, durationSeconds: 120, rate: 30, size: '1920x1080' },
    encoding: ['-c:v', 'mpeg4', '-g', '60', ...rateFor(120)],
  },
  {
    name: 'vp9-720p.mkv',
    description: 'VP9 720p30, 300 s, GOP 150, MKV',
    ...{ gopSeconds: 5, durationSeconds: 300, rate: 30, size: '1280x720' },
    encoding: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '150', ...rateFor(300)],
  },
  {
    name: 'hevc-2160p.mov',
    description: 'HEVC 2160p30, 60 s, GOP 60, MOV',
    ...{ gopSeconds: 2, durationSeconds: 60, rate: 30, size: '3840x2160', reelSeconds: 13 },
    encoding: [
      ...['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error:keyint=60'],
      ...['-pix_fmt', 'yuv420p', '-tag:v', 'hvc1', ...rateFor(60, 70 * MEGABYTE)],
    ],
  },
  {
    name: 'h264-6-hours.mp4',
    description: 'H.264 360p10, 6 h, GOP 100, MP4',
    ...{ gopSeconds: 10, durationSeconds: 21_600, rate: 10, size: '640x360', encoding: h264(100, 21_600) },
  },
];

/** A camera that records a frame every 4 seconds: long enough for a job with thousands of frames. */
export const SURVEILLANCE: BenchClip = {
  name: 'h264-1080p-20000-seconds.mp4',
  description: 'H.264 1080p, a picture every 4 s, 20,000 s, GOP 10, MP4',
  ...{ gopSeconds: 40, durationSeconds: 20_000, rate: 0.25, size: '1920x1080', encoding: h264(10, 20_000) },
  ...{ film: 'uncut', reelSeconds: 400 },
};

/** Not a multiple of 10 seconds, so that the target times differ in each repetition. */
const REEL_SECONDS = 47;

/** The path of a clip. The clip is created on first use. */
export const benchClip = async (clip: BenchClip): Promise<{ path: string; sizeBytes: number }> => {
  const path = join(CACHE, 'clips-5', clip.name);
  const made = await access(path).then(
    () => true,
    () => false,
  );
  if (!made) await make(clip, path);
  return { path, sizeBytes: (await stat(path)).size };
};

const make = async (clip: BenchClip, path: string): Promise<void> => {
  await mkdir(join(path, '..'), { recursive: true });
  const folder = await mkdtemp(join(path, '..', '.making-'));
  try {
    const [reel, whole] = [join(folder, `reel-${clip.name}`), join(folder, clip.name)];
    const { reelSeconds = REEL_SECONDS } = clip;
    await ffmpeg([...FILMS[clip.film ?? 'cut'](clip), '-t', String(reelSeconds), ...clip.encoding, reel]);
    const loops = String(Math.ceil(clip.durationSeconds / reelSeconds));
    await ffmpeg([
      ...['-stream_loop', loops, '-i', reel, '-c', 'copy'],
      ...['-frames:v', String(clip.durationSeconds * clip.rate), whole],
    ]);
    await rename(whole, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Adds grain to each frame, like a camera's sensor. */
const GRAIN = 'noise=alls=2:allf=t[film]';

/** Shots with different lengths, contents and movements. */
const cutFilm = ({ size, rate }: BenchClip): string[] => {
  const test = `testsrc2=s=${size}:r=${rate}`;
  const fractal = `mandelbrot=s=${size}:r=${rate}`;
  const shots: [string, number][] = [
    [`${test},rotate=a=0.12*t`, 2.1],
    [`${fractal}:start_scale=2`, 3.7],
    [`${test},hue=h=120,rotate=a=-0.3*t,hflip`, 1.3],
    [`${fractal}:start_scale=0.01`, 4.6],
    [`${test},rotate=a=0.5*sin(t)`, 2.9],
    [`${fractal}:start_scale=0.1,negate`, 1.8],
    [`${test},hue=h=240,rotate=a=0.2*t,vflip`, 5.2],
    [`${fractal}:start_scale=0.3,negate`, 2.4],
    [`${test},negate,rotate=a=1+0.15*t`, 3.4],
    [`${fractal}:start_scale=1,hflip`, 3.3],
    [`${test},hue=h=60,rotate=a=2-0.25*t`, 4.1],
    [`${fractal}:start_scale=0.02,vflip`, 2.7],
    [`${test},rotate=a=3-0.1*t,vflip`, 1.9],
    [`${fractal}:start_scale=0.5`, 4.4],
    [`${test},hue=h=180,rotate=a=0.3*t`, 3.2],
  ];
  const parts = shots.map(
    ([source, seconds], index) =>
      `${source},trim=duration=${seconds},setpts=PTS-STARTPTS,format=yuv420p,setsar=1[s${index}]`,
  );
  const inputs = shots.map((_, index) => `[s${index}]`).join('');
  const graph = `${parts.join(';')};${inputs}concat=n=${shots.length},${GRAIN}`;
  return ['-filter_complex', graph, '-map', '[film]'];
};

const uncutFilm = ({ size, rate }: BenchClip): string[] => [
  '-filter_complex',
  `testsrc2=s=${size}:r=${rate},rotate=a=0.12*t,format=yuv420p,setsar=1,${GRAIN}`,
  '-map',
  '[film]',
];

const FILMS: Readonly<Record<Film, (clip: BenchClip) => string[]>> = { cut: cutFilm, uncut: uncutFilm };

const ffmpeg = async (args: readonly string[]): Promise<void> => {
  await promisify(execFile)(
    FFMPEG_PATH,
    ['-hide_banner', '-nostdin', '-nostats', '-y', '-loglevel', 'error', ...args],
    { maxBuffer: 64 * MEGABYTE },
  );
};

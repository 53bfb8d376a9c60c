import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ffmpeg, ffmpegOutput } from './clips/ffmpeg.ts';

/** Full conversion to RGB: FFmpeg's fast paths take the nearest colour sample and differ by 15 dB among themselves. */
const EXACT_RGB = 'scale=sws_flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp,format=gbrp';

/** A reference frame, found by decoding the whole video. */
export interface OracleFrame {
  /** Seconds from the first frame. */
  timeSeconds: number;
  /** A lossless picture. */
  pngPath: string;
}

/**
 * Decodes the whole video and takes the first frame of each interval, counted from the first frame's time. The pictures
 * are in a folder that `remove` deletes.
 */
export const oracleFrames = async (
  path: string,
  intervalSeconds: number,
): Promise<{ frames: OracleFrame[]; remove: () => Promise<void> }> => {
  const folder = await mkdtemp(join(tmpdir(), 'frame-flow-oracle-'));
  // Variable 0 keeps the first frame's pts. 1e-9 compensates rounding errors of whole quotients.
  const interval = (pts: string) => `floor((${pts}-ld(0))*TB/${intervalSeconds}+1e-9)`;
  const expression = `if(isnan(prev_selected_t),1+0*st(0,pts),gt(${interval('pts')},${interval('prev_selected_pts')}))`;
  const filter = `select='${expression}',showinfo,${EXACT_RGB}`;
  const pattern = join(folder, '%05d.png');
  const log = await ffmpeg(
    ['-copyts', '-i', path, '-map', '0:V:0', '-vf', filter, '-vsync', '0', '-start_number', '0', pattern],
    'info',
  );
  const times = [...log.matchAll(/\] n: *\d+ pts: *-?\d+ pts_time:(-?[\d.e+]+) /g)].map((match) =>
    Number(match[1]),
  );
  const [start = 0] = times;
  const frames = times.map((time, index) => ({
    timeSeconds: time - start,
    pngPath: join(folder, pictureName(index, 'png')),
  }));
  return { frames, remove: () => rm(folder, { recursive: true, force: true }) };
};

/** Runs `work` with the oracle's frames of a clip, and removes their pictures afterwards. */
export const withOracle = async <T>(
  path: string,
  intervalSeconds: number,
  work: (frames: OracleFrame[]) => Promise<T>,
): Promise<T> => {
  const { frames, remove } = await oracleFrames(path, intervalSeconds);
  try {
    return await work(frames);
  } finally {
    await remove();
  }
};

/** The PSNR of two pictures (JPEG or PNG) of the same size, in dB over RGB; Infinity for equal pictures. */
export const psnrDb = async (left: string, right: string): Promise<number> => {
  const graph = `[0:v]${EXACT_RGB}[a];[1:v]${EXACT_RGB}[b];[a][b]psnr`;
  const log = await ffmpeg(['-i', left, '-i', right, '-lavfi', graph, '-f', 'null', '-'], 'info');
  const average = /PSNR .*average:(inf|[\d.]+)/.exec(log)?.[1];
  if (average === undefined) throw new Error(`No PSNR of ${left} and ${right}`);
  return average === 'inf' ? Number.POSITIVE_INFINITY : Number(average);
};

/**
 * The PSNR of each JPEG and the oracle's frame at its position, in dB over RGB, all by one run of FFmpeg. The pictures
 * must have one size.
 */
export const psnrOfFramesDb = async (
  jpegs: readonly Uint8Array[],
  frames: readonly OracleFrame[],
): Promise<number[]> => {
  const [first] = frames;
  if (first === undefined) return [];
  const folder = await mkdtemp(join(tmpdir(), 'frame-flow-psnr-'));
  try {
    await Promise.all(jpegs.map((jpeg, index) => writeFile(join(folder, pictureName(index, 'jpg')), jpeg)));
    const inputs = [join(folder, '%05d.jpg'), join(dirname(first.pngPath), '%05d.png')];
    const graph = `[0:v]${EXACT_RGB}[a];[1:v]${EXACT_RGB}[b];[a][b]psnr=stats_file=-`;
    const output = await ffmpegOutput([
      ...inputs.flatMap((pattern) => ['-start_number', '0', '-i', pattern]),
      ...['-lavfi', graph, '-f', 'null', '-'],
    ]);
    return [...output.toString('latin1').matchAll(/ psnr_avg:(inf|[\d.]+)/g)].map(([, average]) =>
      average === 'inf' ? Number.POSITIVE_INFINITY : Number(average),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Like `psnrDb`, for a picture in memory. */
export const psnrOfBytesDb = async (bytes: Uint8Array, other: string): Promise<number> => {
  const folder = await mkdtemp(join(tmpdir(), 'frame-flow-psnr-'));
  try {
    const path = join(folder, 'picture.jpg');
    await writeFile(path, bytes);
    return await psnrDb(path, other);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const pictureName = (index: number, extension: 'jpg' | 'png') =>
  `${String(index).padStart(5, '0')}.${extension}`;

import {
  ALLOWED_DEMUXERS,
  type AllowedCodec,
  DEMUXERS,
  JPEG_COLOUR_MATRIX,
  JPEG_QUALITY,
  MAX_PIXELS,
  MAX_STREAMS,
  SCALER_FLAGS,
  TONE_MAP,
} from '../policy.ts';
import type { Container } from '../words.ts';

/** The file's name in the private directory that FFmpeg runs in. */
export const SOURCE_FILE = 'source';

/** The build's decoder of each codec. */
const DECODERS = {
  h264: 'h264',
  hevc: 'hevc',
  mpeg4: 'mpeg4',
  msmpeg4v1: 'msmpeg4v1',
  msmpeg4v2: 'msmpeg4v2',
  msmpeg4v3: 'msmpeg4',
  vp8: 'vp8',
  vp9: 'vp9',
  av1: 'libaom-av1',
  mjpeg: 'mjpeg',
  mpeg1video: 'mpeg1video',
  mpeg2video: 'mpeg2video',
  h263: 'h263',
  prores: 'prores',
  dnxhd: 'dnxhd',
} as const satisfies Record<AllowedCodec, string>;

/** Whether a codec of this name is decoded. */
export const isAllowedCodec = (codec: string): boolean => Object.hasOwn(DECODERS, codec);

export interface InputOptions {
  container: Container;
  /** Decoder threads. */
  threads: number;
  /** CPU seconds after which the process ends itself: a second line of defence behind the deadline. */
  cpuSeconds: number;
  /** Where to begin reading, in seconds of the file's own clock; undefined: at its beginning. */
  seekSeconds?: number | undefined;
}

/**
 * Everything up to and with `-i`. What the file can reach or allocate is limited before it is opened: one demuxer
 * (by the file's bytes, so a playlist is never followed), codecs by name, no protocol but `file`, picture size,
 * allocation and stream count. Timestamps are left as they are (`-copyts`), and a seek stops at the keyframe
 * before (`-noaccurate_seek`), since the filter picks the frame.
 */
export const inputArguments = ({ container, threads, cpuSeconds, seekSeconds }: InputOptions): string[] => [
  '-nostdin',
  '-hide_banner',
  '-nostats',
  ...['-loglevel', 'info'],
  ...['-max_alloc', '268435456'],
  ...['-timelimit', String(Math.max(1, Math.ceil(cpuSeconds)))],
  '-copyts',
  '-noaccurate_seek',
  ...['-protocol_whitelist', 'file'],
  ...['-format_whitelist', ALLOWED_DEMUXERS],
  ...['-codec_whitelist', Object.values(DECODERS).join(',')],
  ...['-max_pixels', String(MAX_PIXELS)],
  ...['-max_streams', String(MAX_STREAMS)],
  ...['-threads', String(threads)],
  ...(seekSeconds === undefined ? [] : ['-seek_timestamp', '1', '-ss', seekSeconds.toFixed(6)]),
  ...['-f', DEMUXERS[container]],
  ...['-i', `file:${SOURCE_FILE}`],
];

/** The first video stream that is no attached picture, and nothing else. */
const ONLY_VIDEO = ['-map', '0:V:0', '-an', '-sn', '-dn'];

/** Lists every packet with its times, without decoding. */
export const listPacketsArguments = (input: InputOptions): string[] => [
  ...inputArguments(input),
  ...ONLY_VIDEO,
  ...['-c', 'copy', '-copyinkf', '-copypriorss', '1'],
  ...['-f', 'framecrc', 'pipe:1'],
];

const TO_JPEG_COLOURS = `scale=out_color_matrix=${JPEG_COLOUR_MATRIX}:sws_flags=${SCALER_FLAGS}`;

export interface PickOptions extends InputOptions {
  /** For each, the first frame with this presentation time or a later one; in ascending order. */
  thresholds: readonly number[];
  highDynamicRange: boolean;
}

/**
 * Writes one JPEG per threshold. Of the first frame decoded (`anchor`) and of each frame picked (`pick`) the log
 * tells the presentation time.
 */
export const pickFramesArguments = (options: PickOptions): string[] => {
  const pick = [`select='${pickExpression(options.thresholds)}'`, 'showinfo@pick'];
  if (options.highDynamicRange) pick.push(TONE_MAP);
  pick.push(TO_JPEG_COLOURS);
  return [
    ...inputArguments(options),
    ...ONLY_VIDEO,
    ...['-vf', `split[a][b];[a]select='eq(n,0)',showinfo@anchor,nullsink;[b]${pick.join(',')}`],
    ...['-vsync', '0', '-frames:v', String(options.thresholds.length)],
    ...['-c:v', 'mjpeg', '-q:v', String(JPEG_QUALITY), '-f', 'image2pipe', 'pipe:1'],
  ];
};

/** Variable 0 counts the thresholds met; a frame is picked when it reaches the next one. */
const pickExpression = (thresholds: readonly number[]): string => {
  const next = thresholds.reduceRight<string>(
    (rest, threshold, position) => `if(eq(ld(0),${position}),${threshold},${rest})`,
    '1e18',
  );
  return `if(gte(pts,${next}),st(0,ld(0)+1),0)`;
};

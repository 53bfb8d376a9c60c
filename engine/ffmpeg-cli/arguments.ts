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

/** The file's name in the private directory where FFmpeg runs. */
export const SOURCE_FILE = 'source';

/** The FFmpeg build's decoder for each codec. */
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

/** Whether the engine decodes this codec. */
export const isAllowedCodec = (codec: string): boolean => Object.hasOwn(DECODERS, codec);

export interface InputOptions {
  container: Container;
  /** Decoder threads. */
  threads: number;
  /** CPU seconds after which the process ends itself, in case the deadline fails. */
  cpuSeconds: number;
  /** Start of reading, in seconds of the file's own clock; undefined means the beginning. */
  seekSeconds?: number | undefined;
}

/** Only the first video stream that is not an attached picture. */
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
  /** Presentation times in ascending order. For each, FFmpeg picks the first frame at this time or later. */
  thresholds: readonly number[];
  highDynamicRange: boolean;
}

/**
 * Writes one JPEG per threshold. The log contains the presentation times of the first decoded frame (`anchor`) and of
 * each picked frame (`pick`).
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

/**
 * All arguments up to `-i` and its value. They limit what the file can reach or allocate before FFmpeg opens it: one
 * demuxer (chosen by the file's bytes, so a playlist is never followed), codecs by name, only the protocol `file`,
 * picture size, allocation and stream count. Timestamps stay unchanged (`-copyts`). A seek stops at the keyframe before
 * (`-noaccurate_seek`), because the filter picks the frame.
 */
const inputArguments = ({ container, threads, cpuSeconds, seekSeconds }: InputOptions): string[] => [
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

/** Variable 0 counts the thresholds reached so far. A frame is picked when it reaches the next threshold. */
const pickExpression = (thresholds: readonly number[]): string => {
  const next = thresholds.reduceRight<string>(
    (rest, threshold, position) => `if(eq(ld(0),${position}),${threshold},${rest})`,
    '1e18',
  );
  return `if(gte(pts,${next}),st(0,ld(0)+1),0)`;
};

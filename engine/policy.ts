import type { PlannedFrame } from './plan/frame-plan.ts';
import type { Timeline } from './plan/timeline.ts';
import type { Container } from './words.ts';

/** The rules for every engine: what a file may demand, which pictures are taken, and how they look. */

/** Pixels of the largest picture that is decoded: 8K UHD. A larger one needs more memory than a function has. */
export const MAX_PIXELS = 33_177_600;

/** Maximum streams per file. An ordinary recording has fewer. */
export const MAX_STREAMS = 16;

/** Maximum packets per file. Listing each packet costs time and memory, so a file with more is treated as an attack. */
export const MAX_PACKETS = 5_000_000;

/** FFmpeg's name of the only demuxer that may open each container. So a playlist is never followed. */
export const DEMUXERS = { mp4: 'mov', mov: 'mov', mkv: 'matroska', avi: 'avi' } as const satisfies Record<
  Container,
  string
>;

/** All allowed demuxers, in the format of FFmpeg's options. */
export const ALLOWED_DEMUXERS = [...new Set(Object.values(DEMUXERS))].join(',');

/** FFmpeg's names of the supported codecs. Each engine chooses its own decoders for them. */
export type AllowedCodec =
  | 'h264'
  | 'hevc'
  | 'mpeg4'
  | 'msmpeg4v1'
  | 'msmpeg4v2'
  | 'msmpeg4v3'
  | 'vp8'
  | 'vp9'
  | 'av1'
  | 'mjpeg'
  | 'mpeg1video'
  | 'mpeg2video'
  | 'h263'
  | 'prores'
  | 'dnxhd';

/** JPEG quality on FFmpeg's scale from 1 (best) to 31: that of `-q:v 2`. */
export const JPEG_QUALITY = 2;

/**
 * JPEG uses the colour matrix of BT.601; high-definition video mostly uses that of BT.709. Without a conversion, greens
 * and reds are wrong. A picture without a known matrix counts as BT.601, as everywhere in FFmpeg.
 */
export const JPEG_COLOUR_MATRIX = 'bt601';

/** How FFmpeg's scaler converts colours. */
export const SCALER_FLAGS = 'bicubic+accurate_rnd';

/**
 * Maps PQ and HLG pictures to the range of an ordinary display. Without it, they look grey. Mobius does not change
 * values that an ordinary display can show and compresses only brighter ones.
 */
export const TONE_MAP = [
  'zscale=transfer=linear:npl=100',
  'format=gbrpf32le',
  'zscale=primaries=bt709',
  'tonemap=tonemap=mobius:desat=0',
  'zscale=transfer=bt709:matrix=170m:range=limited',
  'format=yuv420p',
].join(',');

/** Seconds before the keyframe at which the second try begins. */
export const STEP_BACK_SECONDS = 15;

/**
 * Maximum pixels per group. A group stays in memory until it is read, so a group of large pictures has fewer frames.
 */
const GROUP_PIXELS = 64_000_000;
const MAX_GROUP = 8;

/** Maximum number of frames that are decoded together, given the picture size. */
export const groupSizeFor = ({ width, height }: { width: number; height: number }): number =>
  Math.min(MAX_GROUP, Math.max(1, Math.floor(GROUP_PIXELS / Math.max(1, width * height))));

/**
 * Whether a picture is the next decodable one instead of the planned one. If the container stores no presentation
 * times, the planned picture's exact time is unknown, so the comparison allows one frame distance.
 */
export const isSubstitute = (
  { thresholdTicks }: PlannedFrame,
  foundTicks: number,
  { exact, frameTicks }: Timeline,
): boolean => foundTicks > thresholdTicks + (exact ? 0 : Math.ceil(frameTicks));

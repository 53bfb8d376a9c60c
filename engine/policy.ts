import type { PlannedFrame } from './plan/frame-plan.ts';
import type { Timeline } from './plan/timeline.ts';
import type { Container } from './words.ts';

/** The rules that hold for every engine: what a file may demand, which pictures are taken, and how they look. */

/** Pixels of the largest picture decoded: 8K UHD. A larger one takes more memory than a function has. */
export const MAX_PIXELS = 33_177_600;

/** More streams than this are not a recording of anything. */
export const MAX_STREAMS = 16;

/** More packets than this in one upload are an attack: each one costs time and memory while it is listed. */
export const MAX_PACKETS = 5_000_000;

/** FFmpeg's name of the only demuxer that may open a container, so that a playlist is never followed. */
export const DEMUXERS = { mp4: 'mov', mov: 'mov', mkv: 'matroska', avi: 'avi' } as const satisfies Record<
  Container,
  string
>;

/** All demuxers that may run, as FFmpeg's options list them. */
export const ALLOWED_DEMUXERS = [...new Set(Object.values(DEMUXERS))].join(',');

/** FFmpeg's names of the codecs that are decoded. Each engine has its own decoders for them. */
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
 * The colour matrix of JPEG is that of BT.601; high-definition video mostly has that of BT.709. Without a conversion
 * greens and reds come out wrong. A picture of unknown matrix is taken for BT.601, as FFmpeg does everywhere.
 */
export const JPEG_COLOUR_MATRIX = 'bt601';

/** How FFmpeg's scaler converts colours. */
export const SCALER_FLAGS = 'bicubic+accurate_rnd';

/**
 * Brings PQ and HLG pictures into the range of an ordinary display. Without it they come out grey.
 * Mobius leaves what an ordinary display can show as it is and compresses only what is brighter.
 */
export const TONE_MAP = [
  'zscale=transfer=linear:npl=100',
  'format=gbrpf32le',
  'zscale=primaries=bt709',
  'tonemap=tonemap=mobius:desat=0',
  'zscale=transfer=bt709:matrix=170m:range=limited',
  'format=yuv420p',
].join(',');

/** How far before a keyframe a second try begins, in seconds. */
export const STEP_BACK_SECONDS = 15;

/** Pictures of a group are held in memory until they are asked for: fewer at a time where they are large. */
const GROUP_PIXELS = 64_000_000;
const MAX_GROUP = 8;

/** How many frames of these pictures are decoded together, at most. */
export const groupSizeFor = ({ width, height }: { width: number; height: number }): number =>
  Math.min(MAX_GROUP, Math.max(1, Math.floor(GROUP_PIXELS / Math.max(1, width * height))));

/**
 * Whether a picture is not the one planned but the next decodable one. Where the container tells no presentation times,
 * the planned picture's own time is not known beforehand, only how far pictures are apart.
 */
export const isSubstitute = (
  { thresholdTicks }: PlannedFrame,
  foundTicks: number,
  { exact, frameTicks }: Timeline,
): boolean => foundTicks > thresholdTicks + (exact ? 0 : Math.ceil(frameTicks));

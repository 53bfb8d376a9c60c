import * as z from 'zod';

/**
 * The engine's words that travel: in events, answers and manifests. `functions/contracts` passes them on, so that the rest
 * of the system has one place for its vocabulary.
 */

/** What the bytes say the file is, whatever its name says. */
export const Container = z.enum(['mp4', 'mov', 'mkv', 'avi']);
export type Container = z.infer<typeof Container>;

/** What a video's own header says of it, where it was found: a hint, since it is not verified. */
export const MediaClaims = z.object({
  durationSeconds: z.number().positive().optional(),
  /** Of one picture. */
  pixels: z.number().positive().optional(),
});
export type MediaClaims = z.infer<typeof MediaClaims>;

/** Why no frames, or not all of them, can be extracted. Callers branch on it. */
export const EXTRACTION_FAILURE_CODES = [
  'UNSUPPORTED_CONTAINER',
  'NO_VIDEO_STREAM',
  'UNSUPPORTED_CODEC',
  'CORRUPT_VIDEO',
  'DIMENSIONS_TOO_LARGE',
  'TOO_MANY_FRAMES',
  'SIZE_MISMATCH',
  'SOURCE_REPLACED',
  'PROCESSING_TIMEOUT',
  'ENGINE_CRASHED',
] as const;
export type ExtractionFailureCode = (typeof EXTRACTION_FAILURE_CODES)[number];

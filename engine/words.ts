import * as z from 'zod';

/**
 * The engine's types that appear in events, responses and manifests. `functions/contracts` re-exports them, so that the
 * rest of the system has one place for its vocabulary.
 */

/** The container, detected by the file's bytes, not by its name. */
export const Container = z.enum(['mp4', 'mov', 'mkv', 'avi']);
export type Container = z.infer<typeof Container>;

/** Values from a video's header, if found. They are hints, because they are not verified. */
export const MediaClaims = z.object({
  durationSeconds: z.number().positive().optional(),
  /** Pixels of one picture. */
  pixels: z.number().positive().optional(),
});
export type MediaClaims = z.infer<typeof MediaClaims>;

/** Why some or all frames cannot be extracted. Callers branch on these codes. */
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

import * as z from 'zod';
import { SagaEvent } from '../events.ts';
import { FailureCode } from '../failures.ts';
import { VideoId } from '../ids.ts';
import { DEFAULT_INTERVAL_SECONDS, MAX_INTERVAL_SECONDS, MIN_INTERVAL_SECONDS } from '../limits.ts';
import { NO_CONTROL_CHARACTERS, pageOf, Time } from './common.ts';

/* Videos: all request and response bodies. Times are ISO 8601 UTC, sizes are in bytes, durations in seconds. */

/**
 * The status shown to the user. EXPIRED: nothing was uploaded. RESULT_EXPIRED: the video was READY, and its ZIP and
 * frames can no longer be downloaded.
 */
export const VideoStatus = z.enum([
  'AWAITING_UPLOAD',
  'UPLOADED',
  'PROCESSING',
  'READY',
  'FAILED',
  'EXPIRED',
  'RESULT_EXPIRED',
]);
export type VideoStatus = z.infer<typeof VideoStatus>;

/** `Idempotency-Key` of POST /videos. The client chooses it and repeats it with each repetition of the request. */
export const IdempotencyKey = z
  .string()
  .regex(/^[\x20-\x7e]{1,128}$/, 'must be 1 to 128 printable ASCII characters');

export const CreateVideoRequest = z.object({
  fileName: z.string().min(1).regex(NO_CONTROL_CHARACTERS, 'must not contain control characters'),
  sizeBytes: z.int().positive(),
  contentType: z
    .string()
    .max(100)
    .regex(
      /^video\/[a-z0-9.+-]+$|^application\/octet-stream$/i,
      'must be a video content type or application/octet-stream',
    )
    .optional(),
  intervalSeconds: z
    .int()
    .min(MIN_INTERVAL_SECONDS)
    .max(MAX_INTERVAL_SECONDS)
    .default(DEFAULT_INTERVAL_SECONDS),
});
export type CreateVideoRequest = z.infer<typeof CreateVideoRequest>;

export const Video = z.object({
  id: VideoId,
  status: VideoStatus,
  fileName: z.string(),
  sizeBytes: z.int(),
  contentType: z.string(),
  intervalSeconds: z.int(),
  createdAt: Time,
  updatedAt: Time,
  /** While UPLOADED: when the video began to wait for its extraction, and how many wait before it (1000 means more). */
  waiting: z.object({ since: Time, ahead: z.int() }).optional(),
  /** While PROCESSING. */
  progress: z.object({ framesDone: z.int(), framesExpected: z.int() }).optional(),
  /** READY and RESULT_EXPIRED: the number of frames in the ZIP. */
  frames: z.int().optional(),
  /** READY and RESULT_EXPIRED: when the ZIP stops or stopped being downloadable. */
  expiresAt: Time.optional(),
  /** Once FAILED. */
  failure: z.object({ code: FailureCode, message: z.string() }).optional(),
});
export type Video = z.infer<typeof Video>;

/** Response to POST /videos. Send `fields`, then the file as the field `file`, as multipart/form-data to `url`. */
export const CreatedVideo = Video.extend({
  upload: z.object({ url: z.url(), fields: z.record(z.string(), z.string()), expiresAt: Time }),
});
export type CreatedVideo = z.infer<typeof CreatedVideo>;

/** `cursor` is the previous page's `nextCursor`. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().min(1).max(512).optional(),
});
export type PageQuery = z.infer<typeof PageQuery>;

export const VideoPage = pageOf(Video);
export type VideoPage = z.infer<typeof VideoPage>;

/** One step in a video's timeline. */
export const TimelineEntry = z.object({
  type: z.enum(SagaEvent.options.map((option) => option.shape.type.value)),
  occurredAt: Time,
  attempt: z.int().optional(),
  target: z.string().optional(),
  code: z.string().optional(),
  message: z.string().optional(),
});
export type TimelineEntry = z.infer<typeof TimelineEntry>;

export const Timeline = pageOf(TimelineEntry);
export type Timeline = z.infer<typeof Timeline>;

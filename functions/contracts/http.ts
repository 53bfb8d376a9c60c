import * as z from 'zod';
import { SagaEvent } from './events.ts';
import { FailureCode } from './failures.ts';
import { UserId, VideoId } from './ids.ts';
import { DEFAULT_INTERVAL_SECONDS, MAX_INTERVAL_SECONDS, MIN_INTERVAL_SECONDS } from './limits.ts';

/** The HTTP contract: every request and answer body. Times are ISO 8601 UTC, sizes bytes, durations seconds. */

const Time = z.iso.datetime();
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
const NO_CONTROL_CHARACTERS = /^[^\u0000-\u001f\u007f-\u009f]*$/;

// --- auth

/**
 * At most 254 characters (RFC 5321), ASCII only: no confusable letters; compared in lower case. Checked before
 * anything is folded or trimmed, as the Kelvin sign's lower case is an ASCII k and trimming takes line breaks.
 */
export const Email = z
  .string()
  .max(254)
  .regex(/^[ -~]*$/, 'must consist of printable ASCII characters')
  .transform((value) => value.trim().toLowerCase())
  .pipe(z.email());

/** 8–128 characters, no composition rules (NIST SP 800-63B); never trimmed or cut. */
export const NewPassword = z.string().min(8).max(128);

const DisplayName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(NO_CONTROL_CHARACTERS, 'must not contain control characters');

export const RegisterRequest = z.object({
  email: Email,
  password: NewPassword,
  name: DisplayName.optional(),
});
export type RegisterRequest = z.infer<typeof RegisterRequest>;

const RefreshToken = z.string().min(1).max(512);

export const LoginRequest = z.object({
  email: Email,
  password: z.string().min(1).max(128),
  /**
   * Optional: a refresh token that this device got for the same account, however old. It proves a known device, so
   * that attacks on the account, also from the same address, do not slow this login down.
   */
  refreshToken: RefreshToken.optional(),
});
export type LoginRequest = z.infer<typeof LoginRequest>;

export const RefreshRequest = z.object({ refreshToken: RefreshToken });
export type RefreshRequest = z.infer<typeof RefreshRequest>;

export const UpdateProfileRequest = z.object({ name: DisplayName.nullable() });
export type UpdateProfileRequest = z.infer<typeof UpdateProfileRequest>;

export const Profile = z.object({
  id: UserId,
  email: z.string(),
  name: z.string().nullable(),
  createdAt: Time,
});
export type Profile = z.infer<typeof Profile>;

export const TokenPair = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  tokenType: z.literal('Bearer'),
  /** Seconds until the access token expires. */
  expiresIn: z.int().positive(),
});
export type TokenPair = z.infer<typeof TokenPair>;

export const Jwks = z.object({
  keys: z.array(
    z.object({ kty: z.string(), kid: z.string(), alg: z.string(), use: z.literal('sig') }).loose(),
  ),
});
export type Jwks = z.infer<typeof Jwks>;

// --- videos

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

/** `Idempotency-Key` of POST /videos: chosen by the client, the same for each repetition of one request. */
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
  /** While UPLOADED: since when the video waits for its extraction, and how many wait before it (1000: or more). */
  waiting: z.object({ since: Time, ahead: z.int() }).optional(),
  /** While PROCESSING. */
  progress: z.object({ framesDone: z.int(), framesExpected: z.int() }).optional(),
  /** READY and RESULT_EXPIRED: how many frames the ZIP holds, and until when it can or could be downloaded. */
  frames: z.int().optional(),
  expiresAt: Time.optional(),
  /** Once FAILED. */
  failure: z.object({ code: FailureCode, message: z.string() }).optional(),
});
export type Video = z.infer<typeof Video>;

/** Answer to POST /videos: send `fields`, then the file as the field `file`, as multipart/form-data to `url`. */
export const CreatedVideo = Video.extend({
  upload: z.object({ url: z.url(), fields: z.record(z.string(), z.string()), expiresAt: Time }),
});
export type CreatedVideo = z.infer<typeof CreatedVideo>;

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().min(1).max(512).optional(),
});
export type PageQuery = z.infer<typeof PageQuery>;

const pageOf = <const Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export const VideoPage = pageOf(Video);
export type VideoPage = z.infer<typeof VideoPage>;

/** One step of a video's story. */
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

export const VideoPath = z.object({ id: VideoId });

// --- downloads

export const Download = z.object({
  url: z.url(),
  sizeBytes: z.int(),
  sha256: z.string(),
  expiresAt: Time,
});
export type Download = z.infer<typeof Download>;

export const FramesQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
  cursor: z.string().min(1).max(512).optional(),
});

export const FramePage = pageOf(
  z.object({
    index: z.int(),
    /** Seconds from the first frame. */
    timeSeconds: z.number(),
    url: z.url(),
    width: z.int(),
    height: z.int(),
  }),
);
export type FramePage = z.infer<typeof FramePage>;

export const Health = z.object({ status: z.literal('ok') });

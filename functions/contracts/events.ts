import * as z from 'zod';
import { Container, MediaClaims } from '../../engine/words.ts';
import { FailureCode } from './failures.ts';
import { CorrelationId, EventId, UserId, VideoId } from './ids.ts';

/**
 * The events of the saga, version 1.
 *
 * Compatibility: consumers ignore fields they do not know, so a new optional field is no new version.
 * A removed or re-typed field is: it gets `version: 2` beside version 1 until the last producer has moved.
 */

export { Container, MediaClaims };

/** Where an attempt runs: a Lambda, or the Fargate worker for large videos. */
export const ExtractionTarget = z.enum(['lambda', 'fargate']);
export type ExtractionTarget = z.infer<typeof ExtractionTarget>;

/** A whole number of tries, from 1. */
const Attempt = z.int().positive();
const Bytes = z.int().nonnegative();
const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

const envelope = {
  id: EventId,
  version: z.literal(1),
  occurredAt: z.iso.datetime(),
  /** The video's id. */
  sagaId: VideoId,
  userId: UserId,
  correlationId: CorrelationId,
  /** The event that caused this one; null for the first of a saga. */
  causationId: EventId.nullable(),
};

const eventOf = <const Type extends string, Payload extends z.ZodType>(type: Type, payload: Payload) =>
  z.object({ ...envelope, type: z.literal(type), payload });

/** The uploaded object and what is to be done with it. */
export const SourceDescription = z.object({
  fileName: z.string(),
  storageKey: z.string(),
  /** The object's ETag, as S3 gave it: every later read is pinned to it. */
  etag: z.string(),
  sizeBytes: Bytes,
  container: Container,
  intervalSeconds: z.int().positive(),
  claims: MediaClaims.optional(),
});
export type SourceDescription = z.infer<typeof SourceDescription>;

/** Fact, upload: the video was created; its upload is awaited. */
export const VideoCreated = eventOf('VIDEO_CREATED', z.object({}));
export type VideoCreated = z.infer<typeof VideoCreated>;

/** Fact, upload: the form expired and nothing was uploaded. An upload that comes late is accepted all the same. */
export const UploadExpired = eventOf('UPLOAD_EXPIRED', z.object({}));
export type UploadExpired = z.infer<typeof UploadExpired>;

/** Fact, upload: the object is in S3 and cannot be used. The video has FAILED, and no saga starts. */
export const UploadRefused = eventOf('UPLOAD_REFUSED', z.object({ code: FailureCode, message: z.string() }));
export type UploadRefused = z.infer<typeof UploadRefused>;

/** Fact, upload: the object is in S3; its size and container were checked. */
export const FileUploaded = eventOf('FILE_UPLOADED', SourceDescription);
export type FileUploaded = z.infer<typeof FileUploaded>;

/** Command, orchestrator: do this attempt of the extraction on `target`. */
export const ProcessFile = eventOf(
  'PROCESS_FILE',
  z.object({ attempt: Attempt, target: ExtractionTarget, source: SourceDescription }),
);
export type ProcessFile = z.infer<typeof ProcessFile>;

/**
 * Fact, process: a run has claimed this attempt and works on it. Until then an order only waits in its queue; deadlines
 * begin here.
 */
export const ExtractionStarted = eventOf(
  'EXTRACTION_STARTED',
  z.object({ attempt: Attempt, target: ExtractionTarget }),
);
export type ExtractionStarted = z.infer<typeof ExtractionStarted>;

/** Fact, process: the ZIP is in S3, complete (framesDelivered = framesExpected). */
export const FileProcessed = eventOf(
  'FILE_PROCESSED',
  z.object({
    attempt: Attempt,
    fileName: z.string(),
    storageKey: z.string(),
    manifestKey: z.string(),
    sizeBytes: Bytes,
    sha256: Sha256Hex,
    framesExpected: z.int().positive(),
    framesDelivered: z.int().positive(),
    /** Seconds spent in the extraction itself: from the attempt's start to the ZIP's end. */
    extractionSeconds: z.number().nonnegative(),
    /** What extracted the frames, as in the manifest; these three since the engine counts. */
    engine: z.string().optional(),
    /** Bytes of the source that the engine read. */
    bytesRead: Bytes.optional(),
    requests: z.int().nonnegative().optional(),
  }),
);
export type FileProcessed = z.infer<typeof FileProcessed>;

/** Fact, download: the ZIP can be downloaded now. Only this makes a video READY. */
export const FileAvailable = eventOf(
  'FILE_AVAILABLE',
  z.object({ attempt: Attempt, sizeBytes: Bytes, frames: z.int().positive(), expiresAt: z.iso.datetime() }),
);
export type FileAvailable = z.infer<typeof FileAvailable>;

/** Fact, process: this attempt failed. Only the context that holds the attempt's lease says so, never a timer elsewhere. */
export const FileFailed = eventOf(
  'FILE_FAILED',
  z.object({ attempt: Attempt, code: FailureCode, retryable: z.boolean(), message: z.string() }),
);
export type FileFailed = z.infer<typeof FileFailed>;

/** Fact, upload: the user deleted the video. */
export const FileDeleted = eventOf('FILE_DELETED', z.object({}));
export type FileDeleted = z.infer<typeof FileDeleted>;

/**
 * Compensating command, orchestrator: the saga gave up (`FAILED`: remove partial output, show the reason) or the
 * user deleted the video (`DELETED`: remove everything).
 */
export const DiscardFile = eventOf(
  'DISCARD_FILE',
  z.discriminatedUnion('reason', [
    z.object({ reason: z.literal('FAILED'), code: FailureCode, message: z.string() }),
    z.object({ reason: z.literal('DELETED') }),
  ]),
);
export type DiscardFile = z.infer<typeof DiscardFile>;

/** Every event on the channel `saga_events`. */
export const SagaEvent = z.discriminatedUnion('type', [
  VideoCreated,
  UploadExpired,
  UploadRefused,
  FileUploaded,
  ProcessFile,
  ExtractionStarted,
  FileProcessed,
  FileAvailable,
  FileFailed,
  FileDeleted,
  DiscardFile,
]);
export type SagaEvent = z.infer<typeof SagaEvent>;
export type SagaEventType = SagaEvent['type'];

/**
 * The event of one of these types. An indexed mapped type rather than `Extract<SagaEvent, { type: Type }>`: through it
 * the compiler pairs an event with what a table holds for its type, also where `Type` is generic (see `match`).
 */
export type SagaEventOf<Type extends SagaEventType> = {
  [Each in Type]: Extract<SagaEvent, { type: Each }> & { type: Each };
}[Type];

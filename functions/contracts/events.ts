import * as z from 'zod';
import { Container, MediaClaims } from '../../engine/words.ts';
import { FailureCode } from './failures.ts';
import { CorrelationId, EventId, UserId, VideoId } from './ids.ts';

/**
 * The events of the saga, version 1.
 *
 * Compatibility: consumers ignore unknown fields, so a new optional field needs no new version. Removing a field or
 * changing its type needs `version: 2`, which exists beside version 1 until the last producer has changed.
 */

export { Container, MediaClaims };

/** Where an attempt runs: a Lambda function, or the Fargate worker for large videos. */
export const ExtractionTarget = z.enum(['lambda', 'fargate']);
export type ExtractionTarget = z.infer<typeof ExtractionTarget>;

/** Number of an attempt, from 1. */
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
  /** The event that caused this one; null for the first event of a saga. */
  causationId: EventId.nullable(),
};

const eventOf = <const Type extends string, Payload extends z.ZodType>(type: Type, payload: Payload) =>
  z.object({ ...envelope, type: z.literal(type), payload });

/** The uploaded object and the options for its processing. */
export const SourceDescription = z.object({
  fileName: z.string(),
  storageKey: z.string(),
  /** The object's ETag from S3. Every later read is pinned to it. */
  etag: z.string(),
  sizeBytes: Bytes,
  container: Container,
  intervalSeconds: z.int().positive(),
  claims: MediaClaims.optional(),
});
export type SourceDescription = z.infer<typeof SourceDescription>;

/** Fact, upload: the video was created and waits for its upload. */
export const VideoCreated = eventOf('VIDEO_CREATED', z.object({}));
export type VideoCreated = z.infer<typeof VideoCreated>;

/** Fact, upload: the form expired without an upload. A late upload is still accepted. */
export const UploadExpired = eventOf('UPLOAD_EXPIRED', z.object({}));
export type UploadExpired = z.infer<typeof UploadExpired>;

/** Fact, upload: the object is in S3 but cannot be used. The video has FAILED, and no saga starts. */
export const UploadRefused = eventOf('UPLOAD_REFUSED', z.object({ code: FailureCode, message: z.string() }));
export type UploadRefused = z.infer<typeof UploadRefused>;

/** Fact, upload: the object is in S3, with a valid size and container. */
export const FileUploaded = eventOf('FILE_UPLOADED', SourceDescription);
export type FileUploaded = z.infer<typeof FileUploaded>;

/** Command, orchestrator: run this attempt of the extraction on `target`. */
export const ProcessFile = eventOf(
  'PROCESS_FILE',
  z.object({ attempt: Attempt, target: ExtractionTarget, source: SourceDescription }),
);
export type ProcessFile = z.infer<typeof ProcessFile>;

/**
 * Fact, process: a run has claimed this attempt and is working on it. Before that, the order only waits in its queue.
 * Deadlines start here.
 */
export const ExtractionStarted = eventOf(
  'EXTRACTION_STARTED',
  z.object({ attempt: Attempt, target: ExtractionTarget }),
);
export type ExtractionStarted = z.infer<typeof ExtractionStarted>;

/** Fact, process: the complete ZIP is in S3 (framesDelivered = framesExpected). */
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
    /** Seconds from the attempt's start to the ZIP's end. */
    extractionSeconds: z.number().nonnegative(),
    /**
     * The engine, as in the manifest. Events from before the engine counted its work lack this and the next two fields.
     */
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

/**
 * Fact, process: this attempt failed. Only the context that holds the attempt's lease may say so, never a timer
 * elsewhere.
 */
export const FileFailed = eventOf(
  'FILE_FAILED',
  z.object({ attempt: Attempt, code: FailureCode, retryable: z.boolean(), message: z.string() }),
);
export type FileFailed = z.infer<typeof FileFailed>;

/** Fact, upload: the user deleted the video. */
export const FileDeleted = eventOf('FILE_DELETED', z.object({}));
export type FileDeleted = z.infer<typeof FileDeleted>;

/**
 * Compensating command, orchestrator: the saga failed (`FAILED`: remove partial output, show the reason) or the user
 * deleted the video (`DELETED`: remove everything).
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
 * The event of one of these types. This is an indexed mapped type instead of `Extract<SagaEvent, { type: Type }>`,
 * because it lets the compiler match an event with a table's entry for its type, even if `Type` is generic (see
 * `match`).
 */
export type SagaEventOf<Type extends SagaEventType> = {
  [Each in Type]: Extract<SagaEvent, { type: Each }> & { type: Each };
}[Type];

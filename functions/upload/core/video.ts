import type { FailureCode } from '../../contracts/failures.ts';
import type { Video, VideoStatus } from '../../contracts/http/videos.ts';
import type { CorrelationId, UserId, VideoId } from '../../contracts/ids.ts';

/** A video as this context stores it. Sizes are in bytes. */
export interface StoredVideo {
  id: VideoId;
  userId: UserId;
  fileName: string;
  declaredBytes: number;
  contentType: string;
  intervalSeconds: number;
  storageKey: string;
  /** The correlation id of the call that created the video. */
  correlationId: CorrelationId;
  status: VideoStatus;
  /** When the last issued upload form expires. */
  formExpiresAt: Date;
  /** Set once READY; kept after the result has expired. */
  frames: number | undefined;
  expiresAt: Date | undefined;
  /** Set once FAILED. */
  failure: VideoFailure | undefined;
  createdAt: Date;
  updatedAt: Date;
}

/** Why a video failed, with a sentence for the user. */
export interface VideoFailure {
  code: FailureCode;
  message: string;
}

/** A video that is not stored yet. */
export type NewVideo = Pick<
  StoredVideo,
  | 'id'
  | 'userId'
  | 'fileName'
  | 'declaredBytes'
  | 'contentType'
  | 'intervalSeconds'
  | 'storageKey'
  | 'correlationId'
> & { idempotencyKey: string | undefined };

/** The progress of an extraction. */
export interface Progress {
  framesDone: number;
  framesExpected: number;
}

/** Maximum count of waiting videos ahead. The exact place in a longer queue does not matter to the user. */
export const MAX_COUNTED_AHEAD = 1000;

/** A video's place in the queue for extraction. */
export interface WaitingPlace {
  /** When its upload was accepted. */
  since: Date;
  /** Waiting videos of all users that were accepted before it, counted up to `MAX_COUNTED_AHEAD`. */
  ahead: number;
}

/** Details of a video that are not in its row. */
export interface VideoDetails {
  progress?: Progress | undefined;
  waiting?: WaitingPlace | undefined;
}

/** Describes a video for its owner. */
export const describeVideo = (video: StoredVideo, { progress, waiting }: VideoDetails = {}): Video => ({
  id: video.id,
  status: video.status,
  fileName: video.fileName,
  sizeBytes: video.declaredBytes,
  contentType: video.contentType,
  intervalSeconds: video.intervalSeconds,
  createdAt: video.createdAt.toISOString(),
  updatedAt: video.updatedAt.toISOString(),
  ...(video.status === 'UPLOADED' &&
    waiting && { waiting: { since: waiting.since.toISOString(), ahead: waiting.ahead } }),
  ...(video.status === 'PROCESSING' && progress && { progress }),
  ...((video.status === 'READY' || video.status === 'RESULT_EXPIRED') && {
    ...(video.frames !== undefined && { frames: video.frames }),
    ...(video.expiresAt !== undefined && { expiresAt: video.expiresAt.toISOString() }),
  }),
  ...(video.status === 'FAILED' && video.failure && { failure: video.failure }),
});

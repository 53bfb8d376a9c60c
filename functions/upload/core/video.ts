import type { FailureCode } from '../../contracts/failures.ts';
import type { Video, VideoStatus } from '../../contracts/http/videos.ts';
import type { CorrelationId, UserId, VideoId } from '../../contracts/ids.ts';

/** A video as this context keeps it. Sizes are bytes. */
export interface StoredVideo {
  id: VideoId;
  userId: UserId;
  fileName: string;
  declaredBytes: number;
  contentType: string;
  intervalSeconds: number;
  storageKey: string;
  /** Of the call that created it. */
  correlationId: CorrelationId;
  status: VideoStatus;
  /** Until when the upload form that was given out last may be used. */
  formExpiresAt: Date;
  /** Once READY, also after the result has expired. */
  frames: number | undefined;
  expiresAt: Date | undefined;
  /** Once FAILED. */
  failure: VideoFailure | undefined;
  createdAt: Date;
  updatedAt: Date;
}

/** Why a video failed, with a sentence fit for the user. */
export interface VideoFailure {
  code: FailureCode;
  message: string;
}

/** A video about to be stored for the first time. */
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

/** How far the extraction is. */
export interface Progress {
  framesDone: number;
  framesExpected: number;
}

/** More videos ahead than this are not counted: a place in a queue that long is no longer of interest. */
export const MAX_COUNTED_AHEAD = 1000;

/** A video's place among those that wait for their extraction. */
export interface WaitingPlace {
  /** When its upload was accepted. */
  since: Date;
  /** Videos of all users that were accepted before it and still wait, counted up to `MAX_COUNTED_AHEAD`. */
  ahead: number;
}

/** What is known of a video besides its row. */
export interface VideoDetails {
  progress?: Progress | undefined;
  waiting?: WaitingPlace | undefined;
}

/** The video as its owner sees it. */
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

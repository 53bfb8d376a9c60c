import type { SagaEventOf } from '../../contracts/events.ts';
import type { UserId, VideoId } from '../../contracts/ids.ts';

/**
 * What may be downloaded of a video.
 *
 * - AWAITED: the video was created.
 * - NOT_UPLOADED: its form expired first. An upload that comes late makes it PENDING all the same.
 * - PENDING: the video was uploaded, its ZIP is not there yet.
 * - AVAILABLE: the ZIP is there.
 * - EXPIRED: it was, and its objects are removed.
 * - REFUSED: the file that was uploaded cannot be used. It excludes PENDING, since one of the two ends the wait.
 * - DISCARDED: the saga gave up.
 * - DELETED: the user deleted the video; for the user there is none.
 *
 * A later one of these is never left for an earlier one, so events may come in any order and any number of times.
 */
export type Artifact = ArtifactOwner &
  (
    | { state: 'AWAITED' | 'NOT_UPLOADED' | 'PENDING' | 'EXPIRED' | 'DISCARDED' | 'DELETED' }
    | { state: 'REFUSED'; refusal: string }
    | { state: 'AVAILABLE'; archive: Archive }
  );
export type ArtifactState = Artifact['state'];

const RANK = {
  AWAITED: 0,
  NOT_UPLOADED: 1,
  PENDING: 2,
  AVAILABLE: 3,
  EXPIRED: 4,
  REFUSED: 5,
  DISCARDED: 6,
  DELETED: 7,
} as const satisfies Record<ArtifactState, number>;

export const ARTIFACT_STATES = [
  'AWAITED',
  'NOT_UPLOADED',
  'PENDING',
  'AVAILABLE',
  'EXPIRED',
  'REFUSED',
  'DISCARDED',
  'DELETED',
] as const satisfies readonly ArtifactState[];

/** The states from which an artifact may move to `to`. */
export const statesBefore = (to: ArtifactState): ArtifactState[] =>
  ARTIFACT_STATES.filter((from) => RANK[from] < RANK[to]);

/** What happens to a video up to its upload. */
export type UploadEvent = SagaEventOf<
  'VIDEO_CREATED' | 'UPLOAD_EXPIRED' | 'UPLOAD_REFUSED' | 'FILE_UPLOADED'
>;

/** The state that the event tells of, and what is known with it. */
export const stateOf = (
  event: UploadEvent,
): { state: ArtifactState; fileName: string | undefined; refusal: string | undefined } => {
  const nothingMore = { fileName: undefined, refusal: undefined };
  switch (event.type) {
    case 'VIDEO_CREATED':
      return { state: 'AWAITED', ...nothingMore };
    case 'UPLOAD_EXPIRED':
      return { state: 'NOT_UPLOADED', ...nothingMore };
    case 'UPLOAD_REFUSED':
      return { state: 'REFUSED', ...nothingMore, refusal: event.payload.message };
    case 'FILE_UPLOADED':
      return { state: 'PENDING', ...nothingMore, fileName: event.payload.fileName };
  }
};

/** Whose artifact it is, and what the uploaded file was called; empty until the upload is known of. */
export interface ArtifactOwner {
  videoId: VideoId;
  userId: UserId;
  fileName: string;
}

/** A ZIP that can be downloaded. */
export interface Archive {
  attempt: number;
  zipKey: string;
  manifestKey: string;
  sizeBytes: number;
  sha256: string;
  frames: number;
  /** Seconds until it expires, by the database's clock; negative once it has. */
  secondsLeft: number;
}

/** Whether the result of this attempt is to be registered, as things stand. */
export const wantsAttempt = (artifact: Artifact | undefined, attempt: number): boolean => {
  switch (artifact?.state) {
    case undefined:
    case 'AWAITED':
    case 'NOT_UPLOADED':
    case 'PENDING':
      return true;
    case 'AVAILABLE':
      // A later attempt has put its ZIP in the place of the earlier one's.
      return attempt > artifact.archive.attempt;
    case 'EXPIRED':
    case 'REFUSED':
    case 'DISCARDED':
    case 'DELETED':
      return false;
  }
};

import type { SagaEventOf } from '../../contracts/events.ts';
import type { UserId, VideoId } from '../../contracts/ids.ts';
import { match } from '../../contracts/match.ts';

/**
 * The states of an artifact, earliest first. An artifact never goes back to an earlier state, so events may arrive in
 * any order and repeatedly.
 *
 * - AWAITED: the video was created.
 * - NOT_UPLOADED: its form expired without an upload. A late upload still makes it PENDING.
 * - PENDING: the video was uploaded; its ZIP does not exist yet.
 * - AVAILABLE: the ZIP exists.
 * - EXPIRED: the ZIP expired, and its objects were removed.
 * - REFUSED: the uploaded file cannot be used. An upload leads to either PENDING or REFUSED, never to both.
 * - DISCARDED: the saga failed.
 * - DELETED: the user deleted the video; it no longer exists for the user.
 */
export const ARTIFACT_STATES = [
  'AWAITED',
  'NOT_UPLOADED',
  'PENDING',
  'AVAILABLE',
  'EXPIRED',
  'REFUSED',
  'DISCARDED',
  'DELETED',
] as const;
export type ArtifactState = (typeof ARTIFACT_STATES)[number];

/** Whether an artifact in state `from` may move to `to`. */
export const mayBecome = (from: ArtifactState, to: ArtifactState): boolean =>
  ARTIFACT_STATES.indexOf(from) < ARTIFACT_STATES.indexOf(to);

/** The download state of a video. */
export type Artifact = ArtifactOwner &
  (
    | { state: Exclude<ArtifactState, 'REFUSED' | 'AVAILABLE'> }
    | { state: 'REFUSED'; refusal: string }
    | { state: 'AVAILABLE'; archive: Archive }
  );

/** The events of a video up to its upload. */
export type UploadEvent = SagaEventOf<
  'VIDEO_CREATED' | 'UPLOAD_EXPIRED' | 'UPLOAD_REFUSED' | 'FILE_UPLOADED'
>;

/** The state that an upload event leads to. */
export type UploadNews = {
  /** Empty if the event does not contain the name. */
  fileName: string;
} & (
  | { state: 'AWAITED' | 'NOT_UPLOADED' | 'PENDING'; refusal: null }
  /** `refusal` explains why the upload was refused, in a sentence for the user. */
  | { state: 'REFUSED'; refusal: string }
);

export const newsOf = (event: UploadEvent): UploadNews =>
  match(event, {
    VIDEO_CREATED: (): UploadNews => ({ state: 'AWAITED', fileName: '', refusal: null }),
    UPLOAD_EXPIRED: () => ({ state: 'NOT_UPLOADED', fileName: '', refusal: null }),
    UPLOAD_REFUSED: ({ payload }) => ({ state: 'REFUSED', fileName: '', refusal: payload.message }),
    FILE_UPLOADED: ({ payload }) => ({ state: 'PENDING', fileName: payload.fileName, refusal: null }),
  });

/** The artifact's owner and the uploaded file's name. The name is empty until the upload event arrives. */
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
  expiresAt: Date;
  /** Seconds until the expiry, by the database's clock; negative after it. */
  secondsLeft: number;
}

/** Whether the result of this attempt should be registered in the current state. */
export const wantsAttempt = (artifact: Artifact | undefined, attempt: number): boolean => {
  if (artifact === undefined) return true;
  // The ZIP of a later attempt replaces that of an earlier one.
  if (artifact.state === 'AVAILABLE') return attempt > artifact.archive.attempt;
  return mayBecome(artifact.state, 'AVAILABLE');
};

import type { SagaEventOf } from '../../contracts/events.ts';
import type { UserId, VideoId } from '../../contracts/ids.ts';
import { match } from '../../contracts/match.ts';

/**
 * The states of an artifact, earliest first. A later one is never left for an earlier one, so events may come in any order
 * and any number of times.
 *
 * - AWAITED: the video was created.
 * - NOT_UPLOADED: its form expired first. An upload that comes late makes it PENDING all the same.
 * - PENDING: the video was uploaded, its ZIP is not there yet.
 * - AVAILABLE: the ZIP is there.
 * - EXPIRED: it was, and its objects are removed.
 * - REFUSED: the file that was uploaded cannot be used. It excludes PENDING: one of the two ends the wait for the upload.
 * - DISCARDED: the saga gave up.
 * - DELETED: the user deleted the video; for the user there is none.
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

/** What may be downloaded of a video. */
export type Artifact = ArtifactOwner &
  (
    | { state: Exclude<ArtifactState, 'REFUSED' | 'AVAILABLE'> }
    | { state: 'REFUSED'; refusal: string }
    | { state: 'AVAILABLE'; archive: Archive }
  );

/** What happens to a video up to its upload. */
export type UploadEvent = SagaEventOf<
  'VIDEO_CREATED' | 'UPLOAD_EXPIRED' | 'UPLOAD_REFUSED' | 'FILE_UPLOADED'
>;

/** The state that an upload event tells of. */
export type UploadNews = {
  /** Empty where the event does not name the file. */
  fileName: string;
} & (
  | { state: 'AWAITED' | 'NOT_UPLOADED' | 'PENDING'; refusal: null }
  /** `refusal` says why the upload was refused, a sentence for the user. */
  | { state: 'REFUSED'; refusal: string }
);

export const newsOf = (event: UploadEvent): UploadNews =>
  match(event, {
    VIDEO_CREATED: (): UploadNews => ({ state: 'AWAITED', fileName: '', refusal: null }),
    UPLOAD_EXPIRED: () => ({ state: 'NOT_UPLOADED', fileName: '', refusal: null }),
    UPLOAD_REFUSED: ({ payload }) => ({ state: 'REFUSED', fileName: '', refusal: payload.message }),
    FILE_UPLOADED: ({ payload }) => ({ state: 'PENDING', fileName: payload.fileName, refusal: null }),
  });

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
  expiresAt: Date;
  /** Seconds until it expires, by the database's clock; negative once it has. */
  secondsLeft: number;
}

/** Whether the result of this attempt is to be registered, as things stand. */
export const wantsAttempt = (artifact: Artifact | undefined, attempt: number): boolean => {
  if (artifact === undefined) return true;
  // A later attempt has put its ZIP in the place of the earlier one's.
  if (artifact.state === 'AVAILABLE') return attempt > artifact.archive.attempt;
  return mayBecome(artifact.state, 'AVAILABLE');
};

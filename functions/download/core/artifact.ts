import type { UserId, VideoId } from '../../contracts/ids.ts';

/**
 * What may be downloaded of a video.
 *
 * - PENDING: the video was uploaded, its ZIP is not there yet.
 * - AVAILABLE: the ZIP is there.
 * - EXPIRED: it was, and its objects are removed.
 * - DISCARDED: the saga gave up.
 * - DELETED: the user deleted the video; for the user there is none.
 *
 * A later one of these is never left for an earlier one, so events may come in any order and any number of times.
 */
export type Artifact = ArtifactOwner &
  ({ state: 'PENDING' | 'EXPIRED' | 'DISCARDED' | 'DELETED' } | { state: 'AVAILABLE'; archive: Archive });

/** Whose artifact it is, and what the uploaded file was called. */
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
    case 'PENDING':
      return true;
    case 'AVAILABLE':
      // A later attempt has put its ZIP in the place of the earlier one's.
      return attempt > artifact.archive.attempt;
    case 'EXPIRED':
    case 'DISCARDED':
    case 'DELETED':
      return false;
  }
};

import type { SagaEvent, SagaEventOf } from '../../contracts/events.ts';
import type { TimelineEntry } from '../../contracts/http/videos.ts';
import type { UserId, VideoId } from '../../contracts/ids.ts';
import type { EventStamp } from '../../contracts/new-event.ts';
import type { LockedVideo, VideoDecision } from './decide.ts';
import type { FollowedEvent } from './saga-changes.ts';
import type { NewVideo, Progress, StoredVideo, WaitingPlace } from './video.ts';

/** The start of a page of a user's videos: after this video, newest first. */
export interface PagePosition {
  createdAt: Date;
  id: VideoId;
}

/** The users' operations on videos. Deleted videos are not visible. */
export interface VideoRepository {
  /**
   * Stores a video whose form is valid for `formSeconds`, with the timeline entry and the events of `decide`, in one
   * transaction. If the user already has a video with the same idempotency key, returns that video instead, also for
   * simultaneous calls.
   */
  create(
    video: NewVideo,
    formSeconds: number,
    decide: (video: StoredVideo) => Omit<VideoDecision, 'to'>,
  ): Promise<{ video: StoredVideo; created: boolean }>;
  /** Awaits the source for another `formSeconds`; undefined if it has already arrived. */
  renewForm(id: VideoId, formSeconds: number): Promise<StoredVideo | undefined>;
  find(id: VideoId): Promise<StoredVideo | undefined>;
  /** At most `limit` of the user's videos, newest first. */
  list(userId: UserId, limit: number, after: PagePosition | undefined): Promise<StoredVideo[]>;
  /** The video's timeline, oldest first. */
  timeline(id: VideoId): Promise<TimelineEntry[]>;
  /** Hides the video and stores the events of `decide` in one transaction. False if the user has no such video. */
  markDeleted(
    id: VideoId,
    userId: UserId,
    decide: (video: Pick<StoredVideo, 'id' | 'userId'>) => readonly SagaEvent[],
  ): Promise<boolean>;
}

/** Changes to a video by events and sweeps. */
export interface VideoLifecycle {
  /**
   * Locks a video and stores the result of `decide`, with its timeline entry and its events, in one transaction. A
   * removed or deleted video does not change. `decide` gets the database's time.
   *
   * @param cause the event that causes the change. It is applied once per event id.
   * @returns whether `decide` made a decision
   */
  change(
    id: VideoId,
    decide: (video: LockedVideo, now: Date) => VideoDecision | undefined,
    cause?: FollowedEvent,
  ): Promise<boolean>;
  /** The storage key of a video's source, even if the video is deleted. */
  storageKeyOf(id: VideoId): Promise<string | undefined>;
  /** Removes all rows of the video. A tombstone remains while its form may be used. */
  remove(event: SagaEventOf<'DISCARD_FILE'>): Promise<void>;
  /** All videos without a source this many seconds after their form expired, longest waiting first, in one pass. */
  overdue(graceSeconds: number): AsyncIterable<StoredVideo>;
  /** All tombstones whose form expired this many seconds ago, oldest first, in one pass. */
  settledTombstones(graceSeconds: number): AsyncIterable<Tombstone>;
  forgetTombstone(id: VideoId): Promise<void>;
}

/** The remaining data of a deleted video. */
export interface Tombstone {
  videoId: VideoId;
  storageKey: string;
}

/** The uploaded objects. */
export interface SourceStore {
  /** Size and ETag of the object; undefined if it does not exist. */
  head(storageKey: string): Promise<{ sizeBytes: number; etag: string } | undefined>;
  /** At most `bytes` from an offset within the object. Fails if the object has been replaced. */
  read(storageKey: string, etag: string, offset: number, bytes: number): Promise<Uint8Array>;
  /** Removes the object if it exists. */
  remove(storageKey: string): Promise<void>;
}

/** The object that a form allows, and the form's lifetime. */
export interface UploadFormRequest {
  storageKey: string;
  contentType: string;
  sizeBytes: number;
  lifetimeSeconds: number;
}

/** Creates forms that S3 accepts for exactly one object of one size and type. */
export interface UploadForms {
  create(request: UploadFormRequest): Promise<{ url: string; fields: Record<string, string> }>;
}

/**
 * Hints for and from other contexts. Only `rememberOwner` can fail; missing hints only make responses less detailed.
 */
export interface Hints {
  /** Tells the download context the video's owner for `seconds`. @throws UnavailableError if Redis does not respond */
  rememberOwner(id: VideoId, userId: UserId, seconds: number): Promise<void>;
  forgetOwner(id: VideoId): Promise<void>;
  /** The progress of each of these videos, if known. */
  progressOf(ids: readonly VideoId[]): Promise<ReadonlyMap<VideoId, Progress>>;
}

/** The number of videos that wait for their extraction, and the oldest one's wait; 0 if there is none. */
export interface Backlog {
  videos: number;
  oldestSeconds: number;
}

/** The uploaded videos that no run has claimed yet. */
export interface WaitingVideos {
  /** The places of those of these videos that wait. */
  placesOf(ids: readonly VideoId[]): Promise<ReadonlyMap<VideoId, WaitingPlace>>;
  backlog(): Promise<Backlog>;
}

/** The dependencies of the upload context's use cases. */
export interface UploadServices {
  videos: VideoRepository;
  lifecycle: VideoLifecycle;
  waiting: WaitingVideos;
  sources: SourceStore;
  forms: UploadForms;
  hints: Hints;
  newVideoId(): VideoId;
  now(): Date;
  /** A new id and the time, for a new event. */
  stamp(): EventStamp;
}

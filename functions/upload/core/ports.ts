import type { SagaEvent, SagaEventOf } from '../../contracts/events.ts';
import type { TimelineEntry } from '../../contracts/http/videos.ts';
import type { UserId, VideoId } from '../../contracts/ids.ts';
import type { EventStamp } from '../../contracts/new-event.ts';
import type { LockedVideo, VideoDecision } from './decide.ts';
import type { FollowedEvent } from './saga-changes.ts';
import type { NewVideo, Progress, StoredVideo, WaitingPlace } from './video.ts';

/** Where a page of a user's videos starts: after this one, newest first. */
export interface PagePosition {
  createdAt: Date;
  id: VideoId;
}

/** What users do to videos. Deleted ones are not there. */
export interface VideoRepository {
  /**
   * Stores a video whose form lives for `formSeconds`, with the timeline entry and the events of `decide` in one
   * transaction, unless its user has a video of the same idempotency key: then that one is the answer, also to calls at
   * the same moment.
   */
  create(
    video: NewVideo,
    formSeconds: number,
    decide: (video: StoredVideo) => Omit<VideoDecision, 'to'>,
  ): Promise<{ video: StoredVideo; created: boolean }>;
  /** Awaits the source for another `formSeconds`; undefined where it has come already. */
  renewForm(id: VideoId, formSeconds: number): Promise<StoredVideo | undefined>;
  find(id: VideoId): Promise<StoredVideo | undefined>;
  /** At most `limit` of the user's videos, newest first. */
  list(userId: UserId, limit: number, after: PagePosition | undefined): Promise<StoredVideo[]>;
  /** The video's story, oldest first. */
  timeline(id: VideoId): Promise<TimelineEntry[]>;
  /** Hides the video and stores the events of `decide` in one transaction. False where the user has no such video. */
  markDeleted(
    id: VideoId,
    userId: UserId,
    decide: (video: Pick<StoredVideo, 'id' | 'userId'>) => readonly SagaEvent[],
  ): Promise<boolean>;
}

/** What becomes of a video. */
export interface VideoLifecycle {
  /**
   * Locks a video and stores what `decide` makes of it, with its timeline entry and its events, in one transaction. A
   * video that is gone or deleted stays so. The time that `decide` gets is the database's.
   *
   * @param cause the event that asks for the change; it is applied once per event id.
   * @returns whether `decide` made a decision.
   */
  change(
    id: VideoId,
    decide: (video: LockedVideo, now: Date) => VideoDecision | undefined,
    cause?: FollowedEvent,
  ): Promise<boolean>;
  /** Where the source of a video is or was, deleted or not. */
  storageKeyOf(id: VideoId): Promise<string | undefined>;
  /** Removes every row of the video; a tombstone stays for as long as its form may be used. */
  remove(event: SagaEventOf<'DISCARD_FILE'>): Promise<void>;
  /** All videos still awaited this many seconds after their form expired, the longest waiting first, in one pass. */
  overdue(graceSeconds: number): AsyncIterable<StoredVideo>;
  /** All tombstones whose form expired this many seconds ago, the oldest first, in one pass. */
  settledTombstones(graceSeconds: number): AsyncIterable<Tombstone>;
  forgetTombstone(id: VideoId): Promise<void>;
}

/** What is left of a deleted video. */
export interface Tombstone {
  videoId: VideoId;
  storageKey: string;
}

/** The uploaded objects. */
export interface SourceStore {
  /** Size and ETag of the object, undefined where there is none. */
  head(storageKey: string): Promise<{ sizeBytes: number; etag: string } | undefined>;
  /** At most `bytes` from a place that the object has; fails where the object is another one by now. */
  read(storageKey: string, etag: string, offset: number, bytes: number): Promise<Uint8Array>;
  /** Removes the object, if it is there. */
  remove(storageKey: string): Promise<void>;
}

/** What the form lets its holder upload, and for how long. */
export interface UploadFormRequest {
  storageKey: string;
  contentType: string;
  sizeBytes: number;
  lifetimeSeconds: number;
}

/** Makes forms that S3 accepts for exactly one object of one size and type. */
export interface UploadForms {
  create(request: UploadFormRequest): Promise<{ url: string; fields: Record<string, string> }>;
}

/** Hints for other contexts and from them. All but the first never fail: without them answers are only less detailed. */
export interface Hints {
  /** Tells the download context for `seconds` whose video this is. @throws UnavailableError if Redis does not answer. */
  rememberOwner(id: VideoId, userId: UserId, seconds: number): Promise<void>;
  forgetOwner(id: VideoId): Promise<void>;
  /** How far each of these videos is, where that is known. */
  progressOf(ids: readonly VideoId[]): Promise<ReadonlyMap<VideoId, Progress>>;
}

/** How many videos wait for their extraction, and for how long the oldest one does; 0 where none does. */
export interface Backlog {
  videos: number;
  oldestSeconds: number;
}

/** The videos that were uploaded and that no run has taken on yet. */
export interface WaitingVideos {
  /** The place of each of these videos that waits. */
  placesOf(ids: readonly VideoId[]): Promise<ReadonlyMap<VideoId, WaitingPlace>>;
  backlog(): Promise<Backlog>;
}

/** What the upload context's use cases need. */
export interface UploadServices {
  videos: VideoRepository;
  lifecycle: VideoLifecycle;
  waiting: WaitingVideos;
  sources: SourceStore;
  forms: UploadForms;
  hints: Hints;
  newVideoId(): VideoId;
  now(): Date;
  /** A fresh id and the time, for an event to be emitted. */
  stamp(): EventStamp;
}

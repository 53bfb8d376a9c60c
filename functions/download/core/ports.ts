import type { SagaEvent } from '../../contracts/events.ts';
import type { UserId, VideoId } from '../../contracts/ids.ts';
import type { Manifest } from '../../contracts/manifest.ts';
import type { EventStamp } from '../../contracts/new-event.ts';
import type { VideoObjects } from '../../contracts/storage-keys.ts';
import type { ArchiveName } from './archive-name.ts';
import type { Artifact } from './artifact.ts';
import type { ArtifactDecision } from './decide.ts';

/** What may be downloaded. */
export interface ArtifactRepository {
  find(id: VideoId): Promise<Artifact | undefined>;
  /**
   * Applies an event to the artifact of its video, once per event id: locks the artifact (AWAITED where none is known),
   * and stores what `decide` makes of it, its events and the mark that `cause` was consumed in one transaction. The time
   * that `decide` gets is the database's.
   */
  change(cause: SagaEvent, decide: (artifact: Artifact, now: Date) => ArtifactDecision): Promise<void>;
  /** All artifacts past their time whose objects are still there, the longest past first, in one pass. */
  overdue(): AsyncIterable<OverdueArtifact>;
  /** EXPIRED, where it is past its time. */
  expire(id: VideoId): Promise<void>;
  /** Forgets deleted ones after longer than any event can come late. */
  forgetDeleted(): Promise<void>;
}

/** An artifact whose objects are to go. */
export interface OverdueArtifact extends VideoObjects {
  zipKey: string;
  manifestKey: string;
}

/** The objects that the extraction left. */
export interface ArchiveStore {
  /** The object's size in bytes; undefined where there is none. */
  sizeOf(key: string): Promise<number | undefined>;
  /** Undefined where there is none. */
  readManifest(key: string): Promise<Manifest | undefined>;
  /** Removes the object, if it is there. */
  remove(key: string): Promise<void>;
  /** Removes every object below the prefix. */
  removeBelow(prefix: string): Promise<void>;
}

/** Makes URLs with which their holder can read one object for some seconds. */
export interface Links {
  toArchive(key: string, name: ArchiveName, seconds: number): Promise<string>;
  toFrame(key: string, seconds: number): Promise<string>;
}

/** Hints of other contexts. They never fail: without them the answers are only less detailed. */
export interface Hints {
  /** The owner of a video that was just created, where that is known. */
  newOwner(id: VideoId): Promise<UserId | undefined>;
}

/** What the download context's use cases need. */
export interface DownloadServices {
  artifacts: ArtifactRepository;
  archives: ArchiveStore;
  links: Links;
  hints: Hints;
  now(): Date;
  /** A fresh id and the time, for an event to be emitted. */
  stamp(): EventStamp;
}

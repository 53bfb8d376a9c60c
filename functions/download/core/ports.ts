import type { SagaEvent } from '../../contracts/events.ts';
import type { UserId, VideoId } from '../../contracts/ids.ts';
import type { Manifest } from '../../contracts/manifest.ts';
import type { EventStamp } from '../../contracts/new-event.ts';
import type { VideoObjects } from '../../contracts/storage-keys.ts';
import type { ArchiveName } from './archive-name.ts';
import type { Artifact } from './artifact.ts';
import type { ArtifactDecision } from './decide.ts';

/** Stores the artifacts. */
export interface ArtifactRepository {
  find(id: VideoId): Promise<Artifact | undefined>;
  /**
   * Applies an event to the artifact of its video, once per event id. Locks the artifact (creates an AWAITED one if
   * there is none), then stores the result of `decide`, its events and the mark that `cause` was consumed, in one
   * transaction. `decide` gets the database's time.
   */
  change(cause: SagaEvent, decide: (artifact: Artifact, now: Date) => ArtifactDecision): Promise<void>;
  /** All expired artifacts whose objects still exist, longest expired first, in one pass. */
  overdue(): AsyncIterable<OverdueArtifact>;
  /** Marks an artifact EXPIRED if its time is over. */
  expire(id: VideoId): Promise<void>;
  /** Removes deleted artifacts when no late event can arrive any more. */
  forgetDeleted(): Promise<void>;
}

/** An artifact whose objects must be removed. */
export interface OverdueArtifact extends VideoObjects {
  zipKey: string;
  manifestKey: string;
}

/** The objects that the extraction wrote. */
export interface ArchiveStore {
  /** The object's size in bytes; undefined if it does not exist. */
  sizeOf(key: string): Promise<number | undefined>;
  /** Reads a manifest; undefined if it does not exist. */
  readManifest(key: string): Promise<Manifest | undefined>;
  /** Removes the object if it exists. */
  remove(key: string): Promise<void>;
  /** Removes all objects below the prefix. */
  removeBelow(prefix: string): Promise<void>;
}

/** Creates URLs that allow reading one object for some seconds. */
export interface Links {
  toArchive(key: string, name: ArchiveName, seconds: number): Promise<string>;
  toFrame(key: string, seconds: number): Promise<string>;
}

/** Hints from other contexts. They never fail; without them, responses are only less detailed. */
export interface Hints {
  /** The owner of a new video, if known. */
  newOwner(id: VideoId): Promise<UserId | undefined>;
}

/** The dependencies of the download context's use cases. */
export interface DownloadServices {
  artifacts: ArtifactRepository;
  archives: ArchiveStore;
  links: Links;
  hints: Hints;
  now(): Date;
  /** A new id and the time, for a new event. */
  stamp(): EventStamp;
}

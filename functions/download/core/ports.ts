import type { SagaEventOf } from '../../contracts/events.ts';
import type { UserId, VideoId } from '../../contracts/ids.ts';
import type { Manifest } from '../../contracts/manifest.ts';
import type { VideoObjects } from '../../contracts/storage-keys.ts';
import type { ArchiveName } from './archive-name.ts';
import type { Artifact, UploadEvent } from './artifact.ts';

/** What may be downloaded. Each write is one transaction with the mark that its event was consumed. */
export interface ArtifactRepository {
  find(id: VideoId): Promise<Artifact | undefined>;
  /** Moves to the state that the event tells of, unless a later one is known already. */
  followUpload(event: UploadEvent): Promise<void>;
  /**
   * AVAILABLE for `lifetimeSeconds` from now, and FILE_AVAILABLE is emitted; nothing where it is not wanted any more. A
   * result that was registered before, told again under another event id, only emits FILE_AVAILABLE again.
   */
  register(event: SagaEventOf<'FILE_PROCESSED'>, lifetimeSeconds: number): Promise<void>;
  /** DISCARDED or DELETED, as the event says. */
  discard(event: SagaEventOf<'DISCARD_FILE'>): Promise<void>;
  /** All artifacts past their time whose objects are still there, the longest past first, in one pass. */
  overdue(): AsyncIterable<OverdueArtifact>;
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

/** Makes URLs that let whoever holds them read one object for some seconds. */
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
}

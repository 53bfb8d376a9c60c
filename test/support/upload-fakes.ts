import { createHash, randomUUID } from 'node:crypto';
import type { SagaEvent, SagaEventOf, SagaEventType } from '../../functions/contracts/events.ts';
import type { TimelineEntry } from '../../functions/contracts/http.ts';
import { CorrelationId, type EventId, UserId, VideoId } from '../../functions/contracts/ids.ts';
import { sourceKey } from '../../functions/contracts/storage-keys.ts';
import type { LockedVideo, VideoDecision } from '../../functions/upload/core/decide.ts';
import type {
  SourceStore,
  Tombstone,
  VideoLifecycle,
  VideoRepository,
} from '../../functions/upload/core/ports.ts';
import type { FollowedEvent, StatusChange } from '../../functions/upload/core/saga-changes.ts';
import type { NewVideo, StoredVideo } from '../../functions/upload/core/video.ts';
import { awaitsSource } from '../../functions/upload/core/video-status.ts';
import { STAMPED_AT, someStamp, stampsInOrder } from './stamps.ts';

const CREATED_AT = new Date('2026-01-01T00:00:00.000Z');

/** A stored video that awaits its source by default. */
export const someVideo = (change: Partial<StoredVideo> = {}): StoredVideo => {
  const [id, userId] = [VideoId.parse(randomUUID()), UserId.parse(randomUUID())];
  return {
    id,
    userId,
    fileName: 'holiday.mp4',
    declaredBytes: 1000,
    contentType: 'video/mp4',
    intervalSeconds: 10,
    storageKey: sourceKey({ userId, videoId: id }, 'mp4'),
    correlationId: CorrelationId.parse('c'),
    status: 'AWAITING_UPLOAD',
    formExpiresAt: new Date(CREATED_AT.getTime() + 900_000),
    frames: undefined,
    expiresAt: undefined,
    failure: undefined,
    createdAt: CREATED_AT,
    updatedAt: CREATED_AT,
    ...change,
  };
};

export const etagOf = (object: Uint8Array): string => `"${createHash('md5').update(object).digest('hex')}"`;

/** Objects in memory; keys in `broken` fail. */
class InMemorySources implements SourceStore {
  readonly objects = new Map<string, Uint8Array>();
  readonly broken = new Set<string>();
  /** Runs before each read, so that a test can interfere. */
  beforeRead: () => unknown = () => undefined;

  async head(storageKey: string): Promise<{ sizeBytes: number; etag: string } | undefined> {
    if (this.broken.has(storageKey)) throw new Error('S3 is down');
    const object = this.objects.get(storageKey);
    return object && { sizeBytes: object.length, etag: etagOf(object) };
  }

  async read(storageKey: string, etag: string, offset: number, bytes: number): Promise<Uint8Array> {
    await this.beforeRead();
    const object = this.objects.get(storageKey) ?? new Uint8Array();
    if (etagOf(object) !== etag) throw new Error('PreconditionFailed');
    return object.subarray(offset, offset + bytes);
  }

  async remove(storageKey: string): Promise<void> {
    if (this.broken.has(storageKey)) throw new Error('S3 is down');
    this.objects.delete(storageKey);
  }
}

/** The database's time in unit tests, later than the expiry of the form of `someVideo`. */
export const DATABASE_NOW = new Date(CREATED_AT.getTime() + 86_400_000);

type Videos = Pick<VideoRepository, 'create' | 'renewForm' | 'find' | 'markDeleted' | 'timeline'> &
  Pick<VideoLifecycle, 'change' | 'storageKeyOf' | 'remove' | 'forgetTombstone'>;

/** Videos in memory, with the events that were emitted; the database's time stands still. */
class InMemoryVideos implements Videos {
  readonly events: SagaEvent[] = [];
  tombstones: Tombstone[] = [];
  readonly #videos = new Map<VideoId, StoredVideo>();
  readonly #deleted = new Set<VideoId>();
  readonly #idsByKey = new Map<string, VideoId>();
  readonly #timelines = new Map<VideoId, TimelineEntry[]>();
  readonly #consumed = new Set<EventId>();

  /** @param videos the stored videos at the start */
  constructor(...videos: StoredVideo[]) {
    for (const video of videos) this.#videos.set(video.id, video);
  }

  async create(
    { idempotencyKey, ...video }: NewVideo,
    formSeconds: number,
    decide: (video: StoredVideo) => Omit<VideoDecision, 'to'>,
  ): Promise<{ video: StoredVideo; created: boolean }> {
    const key = `${video.userId} ${idempotencyKey ?? video.id}`;
    const twinId = this.#idsByKey.get(key);
    const twin = twinId && this.#videos.get(twinId);
    if (twin) return { video: twin, created: false };
    const stored = someVideo({
      ...video,
      ...{ createdAt: DATABASE_NOW, updatedAt: DATABASE_NOW, formExpiresAt: secondsFromNow(formSeconds) },
    });
    this.#idsByKey.set(key, stored.id);
    this.#store(stored, { to: undefined, ...decide(stored) });
    return { video: stored, created: true };
  }

  async renewForm(id: VideoId, formSeconds: number): Promise<StoredVideo | undefined> {
    const video = await this.find(id);
    if (!video || !awaitsSource(video.status)) return undefined;
    const renewed: StoredVideo = {
      ...video,
      ...{ status: 'AWAITING_UPLOAD', formExpiresAt: secondsFromNow(formSeconds) },
    };
    this.#videos.set(id, renewed);
    return renewed;
  }

  async find(id: VideoId): Promise<StoredVideo | undefined> {
    return this.#deleted.has(id) ? undefined : this.#videos.get(id);
  }

  async timeline(id: VideoId): Promise<TimelineEntry[]> {
    return this.#timelines.get(id) ?? [];
  }

  async markDeleted(
    id: VideoId,
    userId: UserId,
    decide: (video: Pick<StoredVideo, 'id' | 'userId'>) => readonly SagaEvent[],
  ): Promise<boolean> {
    const video = await this.find(id);
    if (video?.userId !== userId) return false;
    this.#deleted.add(id);
    this.events.push(...decide(video));
    return true;
  }

  async change(
    id: VideoId,
    decide: (video: LockedVideo, now: Date) => VideoDecision | undefined,
    cause?: FollowedEvent,
  ): Promise<boolean> {
    if (cause && this.#isRepetition(cause)) return false;
    const video = await this.find(id);
    const decision = video && decide(video, DATABASE_NOW);
    if (!decision) return false;
    this.#store(video, decision);
    return true;
  }

  async storageKeyOf(id: VideoId): Promise<string | undefined> {
    return this.#videos.get(id)?.storageKey;
  }

  async remove(event: SagaEventOf<'DISCARD_FILE'>): Promise<void> {
    const video = this.#videos.get(event.sagaId);
    if (this.#isRepetition(event) || !video) return;
    this.tombstones.push({ videoId: video.id, storageKey: video.storageKey });
    this.#videos.delete(video.id);
    this.#timelines.delete(video.id);
  }

  async forgetTombstone(id: VideoId): Promise<void> {
    this.tombstones = this.tombstones.filter(({ videoId }) => videoId !== id);
  }

  #isRepetition({ id }: FollowedEvent): boolean {
    const isRepetition = this.#consumed.has(id);
    this.#consumed.add(id);
    return isRepetition;
  }

  #store(video: StoredVideo, { to, timeline: { entry }, events }: VideoDecision): void {
    this.#videos.set(video.id, { ...video, ...storedFacts(to) });
    this.#timelines.set(video.id, [...(this.#timelines.get(video.id) ?? []), entry]);
    this.events.push(...events);
  }
}

const secondsFromNow = (seconds: number) => new Date(DATABASE_NOW.getTime() + seconds * 1000);

/** A status change as the columns of a video. */
const storedFacts = (to: StatusChange | undefined): Partial<StoredVideo> =>
  to?.status === 'READY' ? { ...to, expiresAt: new Date(to.expiresAt) } : { ...to };

/**
 * The whole event of a video that a call or S3 caused, without another event as its cause, with the stamp of this
 * number.
 */
export const eventOf = (video: StoredVideo, type: SagaEventType, payload: unknown, stampNumber: number) => ({
  id: someStamp(stampNumber).id,
  type,
  version: 1,
  occurredAt: STAMPED_AT.toISOString(),
  sagaId: video.id,
  userId: video.userId,
  correlationId: video.correlationId,
  causationId: null,
  payload,
});

/** The services for following sources and sagas, in memory, with these videos. */
export const uploadOnMemory = (...stored: StoredVideo[]) => {
  const [videos, sources] = [new InMemoryVideos(...stored), new InMemorySources()];
  return { videos, lifecycle: videos, sources, stamp: stampsInOrder() };
};

import { createHash, randomUUID } from 'node:crypto';
import type { SourceDescription } from '../../functions/contracts/events.ts';
import { CorrelationId, UserId, VideoId } from '../../functions/contracts/ids.ts';
import { sourceKey } from '../../functions/contracts/storage-keys.ts';
import type { SourceStore } from '../../functions/upload/core/ports.ts';
import type { StoredVideo } from '../../functions/upload/core/video.ts';

const CREATED_AT = new Date('2026-01-01T00:00:00.000Z');

/** A stored video, awaiting its source unless told otherwise. */
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
export class InMemorySources implements SourceStore {
  readonly objects = new Map<string, Uint8Array>();
  readonly broken = new Set<string>();
  /** Runs before each read: a test's chance to interfere. */
  beforeRead: () => void = () => undefined;

  async head(storageKey: string): Promise<{ sizeBytes: number; etag: string } | undefined> {
    if (this.broken.has(storageKey)) throw new Error('S3 is down');
    const object = this.objects.get(storageKey);
    return object && { sizeBytes: object.length, etag: etagOf(object) };
  }

  async read(storageKey: string, etag: string, offset: number, bytes: number): Promise<Uint8Array> {
    this.beforeRead();
    const object = this.objects.get(storageKey) ?? new Uint8Array();
    if (etagOf(object) !== etag) throw new Error('PreconditionFailed');
    return object.subarray(offset, offset + bytes);
  }

  async remove(storageKey: string): Promise<void> {
    if (this.broken.has(storageKey)) throw new Error('S3 is down');
    this.objects.delete(storageKey);
  }
}

/** A lifecycle that says yes to everything and remembers it. */
export class RecordingLifecycle {
  readonly accepted: { video: StoredVideo; source: SourceDescription }[] = [];
  readonly refused: { video: StoredVideo; code: string }[] = [];
  readonly expired: VideoId[] = [];
  tombstones: { videoId: VideoId; storageKey: string }[] = [];

  async accept(video: StoredVideo, source: SourceDescription): Promise<boolean> {
    this.accepted.push({ video, source });
    return true;
  }

  async refuse(video: StoredVideo, { code }: { code: string }): Promise<boolean> {
    this.refused.push({ video, code });
    return true;
  }

  async expire(id: VideoId): Promise<boolean> {
    this.expired.push(id);
    return true;
  }

  async forgetTombstone(id: VideoId): Promise<void> {
    this.tombstones = this.tombstones.filter(({ videoId }) => videoId !== id);
  }
}

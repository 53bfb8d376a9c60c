import type pg from 'pg';
import * as z from 'zod';
import type { SagaEvent } from '../../contracts/events.ts';
import type { TimelineEntry } from '../../contracts/http/videos.ts';
import { UserId, VideoId } from '../../contracts/ids.ts';
import { type RowSource, readableRows } from '../../shared/database/readable-rows.ts';
import type { TransactionalOutbox } from '../../shared/outbox/transactional-outbox.ts';
import type { VideoDecision } from '../core/decide.ts';
import type { PagePosition, VideoRepository } from '../core/ports.ts';
import type { NewVideo, StoredVideo } from '../core/video.ts';
import { statusesBefore } from '../core/video-status.ts';
import { storeDecision } from './store-decision.ts';
import { toTimelineEntry } from './timeline-row.ts';
import { toVideo, VIDEO_COLUMNS } from './video-row.ts';

const VIDEOS: RowSource = { context: 'upload', table: 'video' };

const PositionRow = z
  .object({ created_at: z.date(), id: VideoId })
  .transform((row): PagePosition => ({ createdAt: row.created_at, id: row.id }));
const toPosition = (row: unknown): PagePosition => PositionRow.parse(row);

type Deleted = Pick<StoredVideo, 'id' | 'userId'>;
const DeletedRow = z
  .object({ id: VideoId, user_id: UserId })
  .transform((row): Deleted => ({ id: row.id, userId: row.user_id }));
const toDeleted = (row: unknown): Deleted => DeletedRow.parse(row);

type DecideCreation = (video: StoredVideo) => Omit<VideoDecision, 'to'>;

/** The users' operations on videos, in PostgreSQL. */
export class PgVideoRepository implements VideoRepository {
  readonly #pool: pg.Pool;
  readonly #outbox: TransactionalOutbox;

  constructor(pool: pg.Pool, outbox: TransactionalOutbox) {
    this.#pool = pool;
    this.#outbox = outbox;
  }

  async create(
    video: NewVideo,
    formSeconds: number,
    decide: DecideCreation,
  ): Promise<{ video: StoredVideo; created: boolean }> {
    // The video with the same key may be deleted between the two statements. Then the key is free, so try again.
    for (;;) {
      const inserted = await this.#insert(video, formSeconds, decide);
      if (inserted) return { video: inserted, created: true };
      const { rows } = await this.#pool.query(
        `SELECT ${VIDEO_COLUMNS} FROM video WHERE user_id = $1 AND idempotency_key = $2`,
        [video.userId, video.idempotencyKey],
      );
      if (rows[0]) return { video: toVideo(rows[0]), created: false };
    }
  }

  async renewForm(id: VideoId, formSeconds: number): Promise<StoredVideo | undefined> {
    const { rows } = await this.#pool.query(
      `UPDATE video SET status = 'AWAITING_UPLOAD', updated_at = now(),
         form_expires_at = now() + make_interval(secs => $2)
       WHERE id = $1 AND status = ANY($3) AND deleted_at IS NULL
       RETURNING ${VIDEO_COLUMNS}`,
      [id, formSeconds, statusesBefore('UPLOADED')],
    );
    return rows.map(toVideo)[0];
  }

  async find(id: VideoId): Promise<StoredVideo | undefined> {
    const { rows } = await this.#pool.query(
      `SELECT ${VIDEO_COLUMNS} FROM video WHERE id = $1 AND deleted_at IS NULL`,
      [id],
    );
    return rows.map(toVideo)[0];
  }

  async list(userId: UserId, limit: number, after: PagePosition | undefined): Promise<StoredVideo[]> {
    const videos: StoredVideo[] = [];
    for (let start = after; ; ) {
      const wanted = limit - videos.length;
      const { rows } = await this.#pool.query(
        `SELECT ${VIDEO_COLUMNS} FROM video
         WHERE user_id = $1 AND deleted_at IS NULL
           AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4::uuid))
         ORDER BY created_at DESC, id DESC LIMIT $2`,
        [userId, wanted, start?.createdAt ?? null, start?.id ?? null],
      );
      videos.push(...readableRows(rows, toVideo, VIDEOS));
      // If rows were skipped, read more: a short page would look like the end of the list.
      if (rows.length < wanted || videos.length === limit) return videos;
      start = toPosition(rows.at(-1));
    }
  }

  async timeline(id: VideoId): Promise<TimelineEntry[]> {
    const { rows } = await this.#pool.query(
      `SELECT type, occurred_at, attempt, target, code, message FROM timeline
       WHERE video_id = $1 ORDER BY occurred_at, position`,
      [id],
    );
    return readableRows(rows, toTimelineEntry, { context: 'upload', table: 'timeline' });
  }

  async markDeleted(
    id: VideoId,
    userId: UserId,
    decide: (video: Deleted) => readonly SagaEvent[],
  ): Promise<boolean> {
    return this.#outbox.run(async ({ tx, emit }) => {
      // This releases the idempotency key: a request that sends it again creates a new video.
      const { rows } = await tx.query(
        `UPDATE video SET deleted_at = now(), updated_at = now(), idempotency_key = NULL
         WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL RETURNING id, user_id`,
        [id, userId],
      );
      const deleted = rows.map(toDeleted)[0];
      if (!deleted) return false;
      // Uses the row's ids, not the caller's, because they identify the video's objects and saga.
      for (const event of decide(deleted)) emit(event);
      return true;
    });
  }

  /** Stores the video with the result of `decide`; undefined if the idempotency key is already used. */
  #insert(video: NewVideo, formSeconds: number, decide: DecideCreation): Promise<StoredVideo | undefined> {
    return this.#outbox.run(async ({ tx, emit }) => {
      const { rows } = await tx.query(
        `INSERT INTO video (id, user_id, file_name, declared_bytes, content_type, interval_seconds, storage_key,
           correlation_id, idempotency_key, form_expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() + make_interval(secs => $10))
         ON CONFLICT (user_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
         RETURNING ${VIDEO_COLUMNS}`,
        [
          video.id,
          video.userId,
          video.fileName,
          video.declaredBytes,
          video.contentType,
          video.intervalSeconds,
          video.storageKey,
          video.correlationId,
          video.idempotencyKey ?? null,
          formSeconds,
        ],
      );
      const stored = rows.map(toVideo)[0];
      if (!stored) return undefined;
      const { timeline, events } = decide(stored);
      await storeDecision(tx, stored.id, { to: undefined, timeline });
      for (const event of events) emit(event);
      return stored;
    });
  }
}

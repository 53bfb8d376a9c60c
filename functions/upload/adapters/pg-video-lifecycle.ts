import type pg from 'pg';
import * as z from 'zod';
import type { SagaEventOf, SourceDescription } from '../../contracts/events.ts';
import { VideoId } from '../../contracts/ids.ts';
import { newEvent } from '../../contracts/new-event.ts';
import type { Queryable } from '../../shared/database/pool.ts';
import { readInPages } from '../../shared/database/read-in-pages.ts';
import { withTransaction } from '../../shared/database/transaction.ts';
import { newEventId } from '../../shared/events/event-stamps.ts';
import { consumeOnce } from '../../shared/inbox/consume-once.ts';
import type { TransactionalOutbox } from '../../shared/outbox/transactional-outbox.ts';
import type { Tombstone, VideoLifecycle } from '../core/ports.ts';
import type { FollowedEvent, StatusChange, VideoChange } from '../core/saga-changes.ts';
import type { StoredVideo, VideoFailure } from '../core/video.ts';
import { statusesBefore } from '../core/video-status.ts';
import { insertTimelineEntry } from './timeline-row.ts';
import { toVideo, VIDEO_COLUMNS } from './video-row.ts';

const TombstoneRow = z
  .object({ video_id: VideoId, storage_key: z.string() })
  .transform((row): Tombstone => ({ videoId: row.video_id, storageKey: row.storage_key }));
const toTombstone = (row: unknown): Tombstone => TombstoneRow.parse(row);

/** Videos in PostgreSQL: what becomes of them. Every move is conditional on the status that it leaves. */
export class PgVideoLifecycle implements VideoLifecycle {
  readonly #pool: pg.Pool;
  readonly #outbox: TransactionalOutbox;

  constructor(pool: pg.Pool, outbox: TransactionalOutbox) {
    this.#pool = pool;
    this.#outbox = outbox;
  }

  async accept(video: StoredVideo, source: SourceDescription): Promise<boolean> {
    return this.#outbox.run(async ({ tx, emit }) => {
      if (!(await moveForward(tx, video.id, 'UPLOADED'))) return false;
      const { id: sagaId, userId, correlationId } = video;
      const event = newEvent('FILE_UPLOADED', { sagaId, userId, correlationId }, source, {
        id: newEventId(),
        at: new Date(),
      });
      await insertTimelineEntry(tx, sagaId, event.id, { type: event.type, occurredAt: event.occurredAt });
      emit(event);
      return true;
    });
  }

  async refuse(video: StoredVideo, failure: VideoFailure): Promise<boolean> {
    return this.#outbox.run(async ({ tx, emit }) => {
      // Only where the source was awaited: a video that has its source fails by its saga alone.
      const { rowCount } = await tx.query(
        `UPDATE video SET status = 'FAILED', failure_code = $2, failure_message = $3, updated_at = now()
         WHERE id = $1 AND deleted_at IS NULL AND status = ANY($4)`,
        [video.id, failure.code, failure.message, statusesBefore('UPLOADED')],
      );
      if (rowCount !== 1) return false;
      const { id: sagaId, userId, correlationId } = video;
      const event = newEvent('UPLOAD_REFUSED', { sagaId, userId, correlationId }, failure, {
        id: newEventId(),
        at: new Date(),
      });
      const { type, occurredAt } = event;
      await insertTimelineEntry(tx, sagaId, event.id, { type, occurredAt, ...failure });
      emit(event);
      return true;
    });
  }

  async expire(id: VideoId): Promise<boolean> {
    return this.#outbox.run(async ({ tx, emit }) => {
      // The form may have been renewed since we looked.
      const { rows } = await tx.query(
        `UPDATE video SET status = 'EXPIRED', updated_at = now()
         WHERE id = $1 AND deleted_at IS NULL AND status = ANY($2) AND form_expires_at < now()
         RETURNING ${VIDEO_COLUMNS}`,
        [id, statusesBefore('EXPIRED')],
      );
      const video = rows.map(toVideo)[0];
      if (!video) return false;
      const { id: sagaId, userId, correlationId } = video;
      const event = newEvent(
        'UPLOAD_EXPIRED',
        { sagaId, userId, correlationId },
        {},
        { id: newEventId(), at: new Date() },
      );
      await insertTimelineEntry(tx, sagaId, event.id, { type: event.type, occurredAt: event.occurredAt });
      emit(event);
      return true;
    });
  }

  async follow(event: FollowedEvent, { to, entry }: VideoChange): Promise<void> {
    await withTransaction(this.#pool, async (tx) => {
      if (!(await consumeOnce(tx, event))) return;
      if (to) await moveTo(tx, event.sagaId, to);
      await insertTimelineEntry(tx, event.sagaId, event.id, entry);
    });
  }

  async storageKeyOf(id: VideoId): Promise<string | undefined> {
    const { rows } = await this.#pool.query<{ storage_key: string }>(
      'SELECT storage_key FROM video WHERE id = $1',
      [id],
    );
    return rows[0]?.storage_key;
  }

  async remove(event: SagaEventOf<'DISCARD_FILE'>): Promise<void> {
    await withTransaction(this.#pool, async (tx) => {
      if (!(await consumeOnce(tx, event))) return;
      await tx.query(
        `WITH removed AS (DELETE FROM video WHERE id = $1 RETURNING id, storage_key, form_expires_at)
         INSERT INTO tombstone (video_id, storage_key, form_expires_at) SELECT * FROM removed
         ON CONFLICT (video_id) DO NOTHING`,
        [event.sagaId],
      );
    });
  }

  overdue(graceSeconds: number): AsyncGenerator<StoredVideo> {
    return readInPages(toVideo, { context: 'upload', table: 'video' }, (after, limit) =>
      this.#pool.query(
        `SELECT ${VIDEO_COLUMNS}, form_expires_at::text AS position_moment, id AS position_id FROM video
         WHERE status = 'AWAITING_UPLOAD' AND deleted_at IS NULL
           AND form_expires_at < now() - make_interval(secs => $1)
           AND ($3::timestamptz IS NULL OR (form_expires_at, id) > ($3, $4::uuid))
         ORDER BY form_expires_at, id LIMIT $2`,
        [graceSeconds, limit, after?.moment, after?.id],
      ),
    );
  }

  settledTombstones(graceSeconds: number): AsyncGenerator<Tombstone> {
    return readInPages(toTombstone, { context: 'upload', table: 'tombstone' }, (after, limit) =>
      this.#pool.query(
        `SELECT video_id, storage_key, form_expires_at::text AS position_moment, video_id AS position_id
         FROM tombstone
         WHERE form_expires_at < now() - make_interval(secs => $1)
           AND ($3::timestamptz IS NULL OR (form_expires_at, video_id) > ($3, $4::uuid))
         ORDER BY form_expires_at, video_id LIMIT $2`,
        [graceSeconds, limit, after?.moment, after?.id],
      ),
    );
  }

  async forgetTombstone(id: VideoId): Promise<void> {
    await this.#pool.query('DELETE FROM tombstone WHERE video_id = $1', [id]);
  }
}

/** Moves a video to a status that brings nothing along. False where the video is past it, or gone. */
const moveForward = async (tx: Queryable, id: VideoId, to: 'UPLOADED' | 'PROCESSING'): Promise<boolean> => {
  const { rowCount } = await tx.query(
    `UPDATE video SET status = $2, updated_at = now(),
       uploaded_at = CASE WHEN $2 = 'UPLOADED' THEN now() ELSE uploaded_at END
     WHERE id = $1 AND deleted_at IS NULL AND status = ANY($3)`,
    [id, to, statusesBefore(to)],
  );
  return rowCount === 1;
};

const moveTo = async (tx: Queryable, id: VideoId, to: StatusChange): Promise<void> => {
  switch (to.status) {
    case 'PROCESSING':
      await moveForward(tx, id, 'PROCESSING');
      return;
    case 'READY':
      await tx.query(
        `UPDATE video SET status = 'READY', frames = $2, expires_at = $3, updated_at = now()
         WHERE id = $1 AND deleted_at IS NULL AND status = ANY($4)`,
        [id, to.frames, to.expiresAt, statusesBefore('READY')],
      );
      return;
    case 'FAILED':
      await tx.query(
        `UPDATE video SET status = 'FAILED', failure_code = $2, failure_message = $3, updated_at = now()
         WHERE id = $1 AND deleted_at IS NULL AND status = ANY($4)`,
        [id, to.failure.code, to.failure.message, statusesBefore('FAILED')],
      );
  }
};

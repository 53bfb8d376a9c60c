import type pg from 'pg';
import * as z from 'zod';
import type { SagaEventOf } from '../../contracts/events.ts';
import { VideoStatus } from '../../contracts/http/videos.ts';
import { CorrelationId, UserId, VideoId } from '../../contracts/ids.ts';
import { readInPages } from '../../shared/database/read-in-pages.ts';
import { withTransaction } from '../../shared/database/transaction.ts';
import { consumeOnce } from '../../shared/inbox/consume-once.ts';
import type { TransactionalOutbox } from '../../shared/outbox/transactional-outbox.ts';
import type { LockedVideo, VideoDecision } from '../core/decide.ts';
import type { Tombstone, VideoLifecycle } from '../core/ports.ts';
import type { FollowedEvent } from '../core/saga-changes.ts';
import type { StoredVideo } from '../core/video.ts';
import { storeDecision } from './store-decision.ts';
import { toVideo, VIDEO_COLUMNS } from './video-row.ts';

/** Only the columns that decisions need, so that a row with unreadable other columns can still change its status. */
const LOCK = `SELECT id, user_id, correlation_id, status, form_expires_at, now() AS now FROM video
  WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE`;

const LockedRow = z
  .object({
    id: VideoId,
    user_id: UserId,
    correlation_id: CorrelationId,
    status: VideoStatus,
    form_expires_at: z.date(),
    now: z.date(),
  })
  .transform((row): { video: LockedVideo; now: Date } => ({
    video: {
      id: row.id,
      userId: row.user_id,
      correlationId: row.correlation_id,
      status: row.status,
      formExpiresAt: row.form_expires_at,
    },
    now: row.now,
  }));
const toLocked = (row: unknown) => LockedRow.parse(row);

const TombstoneRow = z
  .object({ video_id: VideoId, storage_key: z.string() })
  .transform((row): Tombstone => ({ videoId: row.video_id, storageKey: row.storage_key }));
const toTombstone = (row: unknown): Tombstone => TombstoneRow.parse(row);

/** The lifecycle of videos, in PostgreSQL. */
export class PgVideoLifecycle implements VideoLifecycle {
  readonly #pool: pg.Pool;
  readonly #outbox: TransactionalOutbox;

  constructor(pool: pg.Pool, outbox: TransactionalOutbox) {
    this.#pool = pool;
    this.#outbox = outbox;
  }

  async change(
    id: VideoId,
    decide: (video: LockedVideo, now: Date) => VideoDecision | undefined,
    cause?: FollowedEvent,
  ): Promise<boolean> {
    return this.#outbox.run(async ({ tx, emit }) => {
      if (cause && !(await consumeOnce(tx, cause))) return false;
      const { rows } = await tx.query(LOCK, [id]);
      const locked = rows.map(toLocked)[0];
      const decision = locked && decide(locked.video, locked.now);
      if (!decision) return false;
      await storeDecision(tx, id, decision);
      for (const event of decision.events) emit(event);
      return true;
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

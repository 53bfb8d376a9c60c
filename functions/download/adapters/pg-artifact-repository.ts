import type pg from 'pg';
import * as z from 'zod';
import type { SagaEventOf } from '../../contracts/events.ts';
import type { VideoId } from '../../contracts/ids.ts';
import { followUp } from '../../contracts/new-event.ts';
import type { Queryable } from '../../shared/database/pool.ts';
import { readInPages } from '../../shared/database/read-in-pages.ts';
import { withTransaction } from '../../shared/database/transaction.ts';
import { newEventId } from '../../shared/events/event-stamps.ts';
import { consumeOnce } from '../../shared/inbox/consume-once.ts';
import type { TransactionalOutbox } from '../../shared/outbox/transactional-outbox.ts';
import { type Artifact, newsOf, statesBefore, type UploadEvent } from '../core/artifact.ts';
import type { ArtifactRepository, OverdueArtifact } from '../core/ports.ts';
import { toArtifact, toOverdue } from './artifact-row.ts';

const RegisteredRow = z.object({ expires_at: z.date() });
const DELETED_RETENTION_DAYS = 60;

/** Artifacts in PostgreSQL. Every move is conditional on the state that it leaves. */
export class PgArtifactRepository implements ArtifactRepository {
  readonly #pool: pg.Pool;
  readonly #outbox: TransactionalOutbox;

  constructor(pool: pg.Pool, outbox: TransactionalOutbox) {
    this.#pool = pool;
    this.#outbox = outbox;
  }

  async find(id: VideoId): Promise<Artifact | undefined> {
    const { rows } = await this.#pool.query(
      'SELECT *, extract(epoch FROM expires_at - now()) AS seconds_left FROM artifact WHERE video_id = $1',
      [id],
    );
    return rows.map(toArtifact)[0];
  }

  async followUpload(event: UploadEvent): Promise<void> {
    const { state, fileName, refusal } = newsOf(event);
    await withTransaction(this.#pool, async (tx) => {
      if (!(await consumeOnce(tx, event))) return;
      await tx.query(
        `INSERT INTO artifact (video_id, user_id, state, file_name, refusal) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (video_id) DO UPDATE SET
           state = excluded.state, file_name = excluded.file_name, refusal = excluded.refusal, updated_at = now()
         WHERE artifact.state = ANY($6)`,
        [event.sagaId, event.userId, state, fileName, refusal, statesBefore(state)],
      );
    });
  }

  async register(event: SagaEventOf<'FILE_PROCESSED'>, lifetimeSeconds: number): Promise<void> {
    await this.#outbox.run(async ({ tx, emit }) => {
      if (!(await consumeOnce(tx, event))) return;
      const { attempt, fileName, storageKey, manifestKey, sizeBytes, sha256, framesDelivered } =
        event.payload;
      const { rows } = await tx.query(
        `INSERT INTO artifact (video_id, user_id, state, file_name, attempt, zip_key, manifest_key, size_bytes,
           sha256, frames, expires_at)
         VALUES ($1, $2, 'AVAILABLE', $3, $4, $5, $6, $7, $8, $9, now() + make_interval(secs => $10))
         ON CONFLICT (video_id) DO UPDATE SET
           state = excluded.state, file_name = excluded.file_name, attempt = excluded.attempt,
           zip_key = excluded.zip_key, manifest_key = excluded.manifest_key, size_bytes = excluded.size_bytes,
           sha256 = excluded.sha256, frames = excluded.frames, expires_at = excluded.expires_at,
           updated_at = now()
         WHERE artifact.state = ANY($11)
           OR (artifact.state = 'AVAILABLE' AND artifact.attempt < excluded.attempt)
         RETURNING expires_at`,
        [
          event.sagaId,
          event.userId,
          fileName,
          attempt,
          storageKey,
          manifestKey,
          sizeBytes,
          sha256,
          framesDelivered,
          lifetimeSeconds,
          statesBefore('AVAILABLE'),
        ],
      );
      const registered = rows[0] ?? (await registeredBefore(tx, event));
      if (registered === undefined) return;
      const expiresAt = RegisteredRow.parse(registered).expires_at.toISOString();
      emit(
        followUp(
          event,
          'FILE_AVAILABLE',
          { attempt, sizeBytes, frames: framesDelivered, expiresAt },
          { id: newEventId(), at: new Date() },
        ),
      );
    });
  }

  async discard(event: SagaEventOf<'DISCARD_FILE'>): Promise<void> {
    const state = event.payload.reason === 'DELETED' ? 'DELETED' : 'DISCARDED';
    await withTransaction(this.#pool, async (tx) => {
      if (!(await consumeOnce(tx, event))) return;
      // Stored even where nothing is known yet: what comes later then finds that it is unwanted.
      await tx.query(
        `INSERT INTO artifact (video_id, user_id, state, file_name) VALUES ($1, $2, $3, '')
         ON CONFLICT (video_id) DO UPDATE SET
           state = excluded.state, file_name = '', attempt = NULL, zip_key = NULL, manifest_key = NULL,
           size_bytes = NULL, sha256 = NULL, frames = NULL, expires_at = NULL, refusal = NULL, updated_at = now()
         WHERE artifact.state = ANY($4)`,
        [event.sagaId, event.userId, state, statesBefore(state)],
      );
    });
  }

  overdue(): AsyncGenerator<OverdueArtifact> {
    return readInPages(toOverdue, { context: 'download', table: 'artifact' }, (after, limit) =>
      this.#pool.query(
        `SELECT video_id, user_id, zip_key, manifest_key, expires_at::text AS position_moment, video_id AS position_id
         FROM artifact
         WHERE state = 'AVAILABLE' AND expires_at <= now()
           AND ($2::timestamptz IS NULL OR (expires_at, video_id) > ($2, $3::uuid))
         ORDER BY expires_at, video_id LIMIT $1`,
        [limit, after?.moment, after?.id],
      ),
    );
  }

  async expire(id: VideoId): Promise<void> {
    await this.#pool.query(
      `UPDATE artifact SET state = 'EXPIRED', updated_at = now()
       WHERE video_id = $1 AND state = 'AVAILABLE' AND expires_at <= now()`,
      [id],
    );
  }

  async forgetDeleted(): Promise<void> {
    await this.#pool.query(
      `DELETE FROM artifact WHERE state = 'DELETED' AND updated_at < now() - make_interval(days => $1)`,
      [DELETED_RETENTION_DAYS],
    );
  }
}

/** The artifact of this very attempt, where it is available already: its FILE_AVAILABLE is told again. */
const registeredBefore = async (
  tx: Queryable,
  { sagaId, payload: { attempt } }: SagaEventOf<'FILE_PROCESSED'>,
): Promise<unknown> => {
  const { rows } = await tx.query(
    `SELECT expires_at FROM artifact WHERE video_id = $1 AND state = 'AVAILABLE' AND attempt = $2`,
    [sagaId, attempt],
  );
  return rows[0];
};

import type pg from 'pg';
import * as z from 'zod';
import type { SagaEvent } from '../../contracts/events.ts';
import type { VideoId } from '../../contracts/ids.ts';
import { readInPages } from '../../shared/database/read-in-pages.ts';
import { CONSUME } from '../../shared/inbox/consume-once.ts';
import type { TransactionalOutbox } from '../../shared/outbox/transactional-outbox.ts';
import type { Artifact } from '../core/artifact.ts';
import type { ArtifactDecision } from '../core/decide.ts';
import type { ArtifactRepository, OverdueArtifact } from '../core/ports.ts';
import { ARTIFACT_COLUMNS, STORE, toArtifact, toColumns, toOverdue } from './artifact-row.ts';

const NowRow = z.object({ now: z.date() });
const DELETED_RETENTION_DAYS = 60;

/** Uses the database's clock, so that machines' clocks do not influence the expiry. */
const IS_OVERDUE = `state = 'AVAILABLE' AND expires_at <= now()`;

/**
 * Consumes event `$1` and locks the artifact of video `$3` in one statement. Returns no row if the event was consumed
 * before. Inserting a missing artifact serialises two simultaneous first events, which a SELECT cannot do.
 */
const CONSUME_AND_LOCK = `
  WITH consumed AS (${CONSUME} RETURNING event_id)
  INSERT INTO artifact (video_id, user_id, state, file_name) SELECT $3::uuid, $4::uuid, 'AWAITED', '' FROM consumed
  ON CONFLICT (video_id) DO UPDATE SET updated_at = artifact.updated_at
  RETURNING ${ARTIFACT_COLUMNS}, now() AS now`;

/** Artifacts in PostgreSQL. */
export class PgArtifactRepository implements ArtifactRepository {
  readonly #pool: pg.Pool;
  readonly #outbox: TransactionalOutbox;

  constructor(pool: pg.Pool, outbox: TransactionalOutbox) {
    this.#pool = pool;
    this.#outbox = outbox;
  }

  async find(id: VideoId): Promise<Artifact | undefined> {
    const { rows } = await this.#pool.query(`SELECT ${ARTIFACT_COLUMNS} FROM artifact WHERE video_id = $1`, [
      id,
    ]);
    return rows.map(toArtifact)[0];
  }

  async change(cause: SagaEvent, decide: (artifact: Artifact, now: Date) => ArtifactDecision): Promise<void> {
    await this.#outbox.run(async ({ tx, emit }) => {
      const { rows } = await tx.query(CONSUME_AND_LOCK, [cause.id, cause.type, cause.sagaId, cause.userId]);
      if (rows[0] === undefined) return;
      const { artifact, events } = decide(toArtifact(rows[0]), NowRow.parse(rows[0]).now);
      if (artifact) await tx.query(STORE, toColumns(artifact));
      for (const event of events) emit(event);
    });
  }

  overdue(): AsyncGenerator<OverdueArtifact> {
    return readInPages(toOverdue, { context: 'download', table: 'artifact' }, (after, limit) =>
      this.#pool.query(
        `SELECT video_id, user_id, zip_key, manifest_key, expires_at::text AS position_moment, video_id AS position_id
         FROM artifact
         WHERE ${IS_OVERDUE}
           AND ($2::timestamptz IS NULL OR (expires_at, video_id) > ($2, $3::uuid))
         ORDER BY expires_at, video_id LIMIT $1`,
        [limit, after?.moment, after?.id],
      ),
    );
  }

  async expire(id: VideoId): Promise<void> {
    await this.#pool.query(
      `UPDATE artifact SET state = 'EXPIRED', updated_at = now() WHERE video_id = $1 AND ${IS_OVERDUE}`,
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

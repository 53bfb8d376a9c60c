import type pg from 'pg';
import * as z from 'zod';
import { VideoId } from '../../contracts/ids.ts';
import type { Backlog, WaitingVideos } from '../core/ports.ts';
import { MAX_COUNTED_AHEAD, type WaitingPlace } from '../core/video.ts';

const PlaceRow = z.object({ id: VideoId, since: z.date(), ahead: z.int() });
const BacklogRow = z.object({ videos: z.int(), oldest_seconds: z.number() });

/** The queue of uploaded videos, read from their rows, so that it is correct even if no events are delivered. */
export class PgWaitingVideos implements WaitingVideos {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async placesOf(ids: readonly VideoId[]): Promise<ReadonlyMap<VideoId, WaitingPlace>> {
    const { rows } = await this.#pool.query(
      `SELECT id, uploaded_at AS since, (
         SELECT count(*) FROM (
           SELECT 1 FROM video other
           WHERE other.status = 'UPLOADED' AND other.deleted_at IS NULL
             AND (other.uploaded_at, other.id) < (video.uploaded_at, video.id)
           LIMIT $2
         ) counted
       )::int AS ahead
       FROM video WHERE id = ANY($1) AND status = 'UPLOADED' AND uploaded_at IS NOT NULL`,
      [ids, MAX_COUNTED_AHEAD],
    );
    return new Map(
      rows.map((row) => {
        const { id, since, ahead } = PlaceRow.parse(row);
        return [id, { since, ahead }];
      }),
    );
  }

  async backlog(): Promise<Backlog> {
    const { rows } = await this.#pool.query(
      `SELECT count(*)::int AS videos,
         coalesce(extract(epoch FROM now() - min(uploaded_at)), 0)::float AS oldest_seconds
       FROM video WHERE status = 'UPLOADED' AND deleted_at IS NULL`,
    );
    const { videos, oldest_seconds: oldestSeconds } = BacklogRow.parse(rows[0]);
    return { videos, oldestSeconds };
  }
}

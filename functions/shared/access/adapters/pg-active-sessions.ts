import type { UserId } from '../../../contracts/ids.ts';
import type { Queryable } from '../../database/pool.ts';
import type { ActiveSessions } from '../core/active-sessions.ts';

/** Sessions in auth's schema. The connection must be logged in with auth's role. */
export class PgActiveSessions implements ActiveSessions {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  async isActive(sessionId: string, userId: UserId, now: Date): Promise<boolean> {
    const { rowCount } = await this.#db.query(
      `SELECT 1 FROM sessions JOIN users ON users.id = sessions.user_id
       WHERE sessions.id = $1 AND users.id = $2 AND revoked_at IS NULL AND expires_at > $3`,
      [sessionId, userId, now],
    );
    return rowCount === 1;
  }
}

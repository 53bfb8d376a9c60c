import type pg from 'pg';
import * as z from 'zod';
import { UserId } from '../../contracts/ids.ts';
import type { Queryable } from '../../shared/database/pool.ts';
import { withTransaction } from '../../shared/database/transaction.ts';
import type {
  RefreshTokenHash,
  RefreshVerdict,
  Session,
  SessionRepository,
  TokenFamily,
} from '../core/sessions.ts';

const FamilyRow = z.object({
  session_id: z.uuid(),
  user_id: UserId,
  created_at: z.date(),
  expires_at: z.date(),
  read_at: z.date(),
  revoked_at: z.date().nullable(),
  used_at: z.date().nullable(),
  successor_hash: z.instanceof(Buffer).nullable(),
  successor_used_at: z.date().nullable(),
});

/** Sessions in PostgreSQL. */
export class PgSessionRepository implements SessionRepository {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async add({ id, userId, createdAt, expiresAt }: Session, token: RefreshTokenHash): Promise<void> {
    await this.#pool.query(
      `WITH session AS (
         INSERT INTO sessions (id, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4) RETURNING id
       )
       INSERT INTO refresh_tokens (hash, session_id, issued_at) SELECT $5, id, $3 FROM session`,
      [id, userId, createdAt, expiresAt, bytes(token)],
    );
  }

  refresh(
    presented: RefreshTokenHash,
    successor: RefreshTokenHash,
    decide: (family: TokenFamily) => Promise<RefreshVerdict>,
  ): Promise<RefreshVerdict | undefined> {
    return withTransaction(this.#pool, async (tx) => {
      const family = await lockFamily(tx, presented);
      if (family === undefined) return undefined;
      const verdict = await decide(family);
      if (verdict.decision === 'ROTATE') await rotate(tx, family.session.id, presented, successor);
      if (verdict.decision === 'REVOKE') await revoke(tx, family.session.id);
      return verdict;
    });
  }

  async revokeByToken(token: RefreshTokenHash): Promise<void> {
    const { rows } = await this.#pool.query('SELECT session_id FROM refresh_tokens WHERE hash = $1', [
      bytes(token),
    ]);
    const [row] = rows;
    if (row !== undefined) await revoke(this.#pool, z.uuid().parse(row.session_id));
  }

  async findId(token: RefreshTokenHash, email: string): Promise<string | undefined> {
    const { rows } = await this.#pool.query(
      `SELECT session_id FROM refresh_tokens
       JOIN sessions ON sessions.id = session_id
       JOIN users ON users.id = user_id
       WHERE hash = $1 AND email = $2`,
      [bytes(token), email],
    );
    return z.uuid().optional().parse(rows[0]?.session_id);
  }

  async purgeEndedBefore(moment: Date): Promise<number> {
    const { rowCount } = await this.#pool.query(
      'DELETE FROM sessions WHERE expires_at < $1 OR revoked_at < $1',
      [moment],
    );
    return rowCount ?? 0;
  }
}

const bytes = (hash: RefreshTokenHash): Buffer => Buffer.from(hash, 'hex');

/**
 * Locks the session, then reads the tokens in a second statement. A single statement would wait for the lock and then
 * still return the old tokens. It uses `clock_timestamp()` because `now()` is the transaction's start, which may be
 * before the rotation that it waited for.
 */
const lockFamily = async (tx: Queryable, presented: RefreshTokenHash): Promise<TokenFamily | undefined> => {
  await tx.query(
    `SELECT 1 FROM sessions
     WHERE id = (SELECT session_id FROM refresh_tokens WHERE hash = $1) FOR UPDATE`,
    [bytes(presented)],
  );
  const { rows } = await tx.query(
    `SELECT token.session_id, session.user_id, session.created_at, session.expires_at, session.revoked_at,
       clock_timestamp() AS read_at, token.used_at, successor.hash AS successor_hash, successor.used_at AS successor_used_at
     FROM refresh_tokens token
     JOIN sessions session ON session.id = token.session_id
     LEFT JOIN refresh_tokens successor ON successor.parent_hash = token.hash
     WHERE token.hash = $1`,
    [bytes(presented)],
  );
  return rows[0] === undefined ? undefined : toFamily(FamilyRow.parse(rows[0]));
};

const toFamily = (row: z.infer<typeof FamilyRow>): TokenFamily => ({
  session: {
    id: row.session_id,
    userId: row.user_id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  },
  readAt: row.read_at,
  revokedAt: row.revoked_at,
  usedAt: row.used_at,
  successor:
    row.successor_hash === null
      ? null
      : { hash: row.successor_hash.toString('hex'), usedAt: row.successor_used_at },
});

const rotate = async (
  tx: Queryable,
  sessionId: string,
  presented: RefreshTokenHash,
  successor: RefreshTokenHash,
): Promise<void> => {
  await tx.query('UPDATE refresh_tokens SET used_at = clock_timestamp() WHERE hash = $1', [bytes(presented)]);
  await tx.query(
    `INSERT INTO refresh_tokens (hash, session_id, parent_hash, issued_at)
     VALUES ($1, $2, $3, clock_timestamp())`,
    [bytes(successor), sessionId, bytes(presented)],
  );
};

const revoke = async (db: Queryable, sessionId: string): Promise<void> => {
  await db.query('UPDATE sessions SET revoked_at = clock_timestamp() WHERE id = $1 AND revoked_at IS NULL', [
    sessionId,
  ]);
};

import * as z from 'zod';
import { UserId } from '../../contracts/ids.ts';
import { isUniqueViolation } from '../../shared/database/errors.ts';
import type { Queryable } from '../../shared/database/pool.ts';
import { EmailTakenError, type User, type UserCredentials, type UserRepository } from '../core/users.ts';

const UserRow = z
  .object({ id: UserId, email: z.string(), name: z.string().nullable(), created_at: z.date() })
  .transform(({ created_at: createdAt, ...user }): User => ({ ...user, createdAt }));
const CredentialsRow = z.object({ password_hash: z.string() });

const COLUMNS = 'id, email, name, created_at';

/** Users in PostgreSQL. */
export class PgUserRepository implements UserRepository {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  async add({ id, email, name, createdAt }: User, passwordHash: string): Promise<void> {
    try {
      await this.#db.query(
        `INSERT INTO users (id, email, name, password_hash, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $5)`,
        [id, email, name, passwordHash, createdAt],
      );
    } catch (error) {
      if (isUniqueViolation(error, 'users_email_key')) throw new EmailTakenError({ cause: error });
      throw error;
    }
  }

  async findByEmail(email: string): Promise<UserCredentials | undefined> {
    const { rows } = await this.#db.query(`SELECT ${COLUMNS}, password_hash FROM users WHERE email = $1`, [
      email,
    ]);
    const [row] = rows;
    if (row === undefined) return undefined;
    return { user: UserRow.parse(row), passwordHash: CredentialsRow.parse(row).password_hash };
  }

  async findById(id: UserId): Promise<User | undefined> {
    const { rows } = await this.#db.query(`SELECT ${COLUMNS} FROM users WHERE id = $1`, [id]);
    return UserRow.optional().parse(rows[0]);
  }

  async rename(id: UserId, name: string | null, now: Date): Promise<User | undefined> {
    const { rows } = await this.#db.query(
      `UPDATE users SET name = $2, updated_at = $3 WHERE id = $1 RETURNING ${COLUMNS}`,
      [id, name, now],
    );
    return UserRow.optional().parse(rows[0]);
  }

  async replacePasswordHash(id: UserId, from: string, to: string): Promise<void> {
    await this.#db.query(
      'UPDATE users SET password_hash = $3, updated_at = now() WHERE id = $1 AND password_hash = $2',
      [id, from, to],
    );
  }
}

import type pg from 'pg';
import * as z from 'zod';
import { PublicJwk } from '../../shared/access/core/public-keys.ts';
import type { Queryable } from '../../shared/database/pool.ts';
import { withTransaction } from '../../shared/database/transaction.ts';
import type { KeyChange, SigningKey, SigningKeyRepository } from '../core/signing-keys.ts';

const KeyRow = z
  .object({
    kid: z.string(),
    public_jwk: PublicJwk,
    sealed_private_jwk: z.instanceof(Buffer),
    created_at: z.date(),
    active_from: z.date(),
  })
  .transform(
    (row): SigningKey => ({
      kid: row.kid,
      publicJwk: row.public_jwk,
      sealedPrivateJwk: row.sealed_private_jwk,
      createdAt: row.created_at,
      activeFrom: row.active_from,
    }),
  );

/** Signing keys in PostgreSQL. */
export class PgSigningKeyRepository implements SigningKeyRepository {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  list(): Promise<SigningKey[]> {
    return listKeys(this.#pool);
  }

  /** A table lock allows one change at a time; it does not block readers. */
  change(decide: (keys: readonly SigningKey[]) => Promise<KeyChange>): Promise<SigningKey[]> {
    return withTransaction(this.#pool, async (tx) => {
      await tx.query('LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE');
      const { add, remove } = await decide(await listKeys(tx));
      for (const key of add) await insertKey(tx, key);
      await tx.query('DELETE FROM signing_keys WHERE kid = ANY($1)', [remove]);
      return listKeys(tx);
    });
  }
}

const listKeys = async (db: Queryable): Promise<SigningKey[]> => {
  const { rows } = await db.query(
    'SELECT kid, public_jwk, sealed_private_jwk, created_at, active_from FROM signing_keys ORDER BY active_from',
  );
  return KeyRow.array().parse(rows);
};

const insertKey = (tx: Queryable, key: SigningKey) =>
  tx.query(
    `INSERT INTO signing_keys (kid, public_jwk, sealed_private_jwk, created_at, active_from)
     VALUES ($1, $2, $3, $4, $5)`,
    [key.kid, key.publicJwk, Buffer.from(key.sealedPrivateJwk), key.createdAt, key.activeFrom],
  );

import * as z from 'zod';
import type { Queryable } from '../../database/pool.ts';
import { PublicJwk, type PublicKeyRepository } from '../core/public-keys.ts';

const PublicRow = z.object({ public_jwk: PublicJwk }).transform((row) => row.public_jwk);

/** Public keys in auth's schema. The connection must be logged in with auth's role. */
export class PgPublicKeys implements PublicKeyRepository {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  async listPublic(): Promise<PublicJwk[]> {
    const { rows } = await this.#db.query('SELECT public_jwk FROM signing_keys');
    return PublicRow.array().parse(rows);
  }
}

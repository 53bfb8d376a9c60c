import type { Queryable } from '../database/pool.ts';
import { JoseTokenVerifier } from './adapters/jose-token-verifier.ts';
import { PgActiveSessions } from './adapters/pg-active-sessions.ts';
import { PgPublicKeys } from './adapters/pg-public-keys.ts';
import type { AuthorizeServices } from './core/authorize.ts';
import { PublicKeyCache } from './core/public-key-cache.ts';

/**
 * What checks access tokens: the authorizer on AWS, the HTTP functions themselves in stage local.
 *
 * @param db logged in as auth's role.
 */
export const createTokenCheck = (db: Queryable): AuthorizeServices => ({
  verifier: new JoseTokenVerifier(new PublicKeyCache(new PgPublicKeys(db))),
  sessions: new PgActiveSessions(db),
  now: () => new Date(),
});

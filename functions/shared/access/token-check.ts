import type { Queryable } from '../database/pool.ts';
import { JoseTokenVerifier } from './adapters/jose-token-verifier.ts';
import { PgActiveSessions } from './adapters/pg-active-sessions.ts';
import { PgPublicKeys } from './adapters/pg-public-keys.ts';
import type { AuthorizeServices } from './core/authorize.ts';
import { PublicKeyCache } from './core/public-key-cache.ts';

/**
 * Creates the check of access tokens. The authorizer uses it on AWS, the HTTP functions themselves in stage local.
 *
 * @param db a connection that is logged in with auth's role
 */
export const createTokenCheck = (db: Queryable): AuthorizeServices => ({
  verifier: new JoseTokenVerifier(new PublicKeyCache(new PgPublicKeys(db))),
  sessions: new PgActiveSessions(db),
  now: () => new Date(),
});

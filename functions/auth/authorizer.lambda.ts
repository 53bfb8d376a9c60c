import { lazyEnv } from '../shared/config/env.ts';
import { DatabaseEnv } from '../shared/config/schemas.ts';
import { createPool } from '../shared/database/pool.ts';
import { JoseTokenVerifier } from './adapters/jose-token-verifier.ts';
import { PgSessionRepository } from './adapters/pg-session-repository.ts';
import { PgSigningKeyRepository } from './adapters/pg-signing-key-repository.ts';
import { createAuthorizerHandler } from './authorizer-handler.ts';
import { PublicKeyCache } from './core/public-key-cache.ts';

const env = lazyEnv(DatabaseEnv);

export const handler = createAuthorizerHandler(async () => {
  const pool = createPool(env());
  return {
    verifier: new JoseTokenVerifier(new PublicKeyCache(new PgSigningKeyRepository(pool))),
    sessions: new PgSessionRepository(pool),
    now: () => new Date(),
  };
});

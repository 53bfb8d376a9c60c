import { randomUUID } from 'node:crypto';
import { v7 as uuidV7 } from 'uuid';
import * as z from 'zod';
import { ENV_AUTH_KEY_SECRET } from '../contracts/env.ts';
import { UserId } from '../contracts/ids.ts';
import { lazyEnv } from '../shared/config/env.ts';
import { DatabaseEnv, RedisEnv } from '../shared/config/schemas.ts';
import { createPool } from '../shared/database/pool.ts';
import { createRedis } from '../shared/redis/client.ts';
import { AesGcmKeyCipher } from './adapters/aes-gcm-key-cipher.ts';
import { Argon2PasswordHasher } from './adapters/argon2-password-hasher.ts';
import { HmacRefreshTokenMaker } from './adapters/hmac-refresh-token-maker.ts';
import { JoseSigningKeyMaker } from './adapters/jose-signing-key-maker.ts';
import { JoseTokenIssuer } from './adapters/jose-token-issuer.ts';
import { PgSessionRepository } from './adapters/pg-session-repository.ts';
import { PgSigningKeyRepository } from './adapters/pg-signing-key-repository.ts';
import { PgUserRepository } from './adapters/pg-user-repository.ts';
import { RedisThrottle } from './adapters/redis-throttle.ts';
import type { JwksServices } from './core/jwks.ts';
import { KeyRing } from './core/key-ring.ts';
import type { LoginServices } from './core/login.ts';
import type { LogoutServices } from './core/logout.ts';
import type { ProfileServices } from './core/profile.ts';
import type { RefreshServices } from './core/refresh.ts';
import type { RegisterServices } from './core/register.ts';
import { KeySecretEnv } from './key-secret-env.ts';

/** The dependencies of all routes of this context. */
export type AuthServices = RegisterServices &
  LoginServices &
  RefreshServices &
  LogoutServices &
  ProfileServices &
  JwksServices;

const env = lazyEnv(z.intersection(z.intersection(DatabaseEnv, RedisEnv), KeySecretEnv));

/** Cold start of the HTTP function: builds the adapters from the environment. */
export const buildAuthServices = async (): Promise<AuthServices> => {
  const settings = env();
  const pool = createPool(settings);
  const redis = await createRedis(settings);
  const cipher = new AesGcmKeyCipher(settings[ENV_AUTH_KEY_SECRET]);
  const keyRing = new KeyRing({
    signingKeys: new PgSigningKeyRepository(pool),
    keyMaker: new JoseSigningKeyMaker(cipher),
  });
  return {
    users: new PgUserRepository(pool),
    sessions: new PgSessionRepository(pool),
    hasher: new Argon2PasswordHasher(),
    throttle: new RedisThrottle(redis),
    refreshTokens: new HmacRefreshTokenMaker(settings[ENV_AUTH_KEY_SECRET]),
    accessTokens: new JoseTokenIssuer(keyRing, cipher),
    keyRing,
    newUserId: () => UserId.parse(uuidV7()),
    newSessionId: () => randomUUID(),
    now: () => new Date(),
  };
};

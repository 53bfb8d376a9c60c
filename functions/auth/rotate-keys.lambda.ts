import * as z from 'zod';
import { lazyEnv } from '../shared/config/env.ts';
import { DatabaseEnv } from '../shared/config/schemas.ts';
import { createPool } from '../shared/database/pool.ts';
import { logger } from '../shared/logging/logger.ts';
import { createScheduleHandler } from '../shared/sweep/schedule-handler.ts';
import { AesGcmKeyCipher } from './adapters/aes-gcm-key-cipher.ts';
import { JoseSigningKeyMaker } from './adapters/jose-signing-key-maker.ts';
import { PgSessionRepository } from './adapters/pg-session-repository.ts';
import { PgSigningKeyRepository } from './adapters/pg-signing-key-repository.ts';
import { rotateKeys } from './core/rotate-keys.ts';
import { purgeMoment } from './core/sessions.ts';
import { KeySecretEnv } from './key-secret-env.ts';

const env = lazyEnv(z.intersection(DatabaseEnv, KeySecretEnv));

/** Runs daily: replaces old signing keys and removes sessions that ended long ago. */
export const handler = createScheduleHandler({
  build: async () => {
    const settings = env();
    const pool = createPool(settings);
    return {
      signingKeys: new PgSigningKeyRepository(pool),
      keyMaker: new JoseSigningKeyMaker(new AesGcmKeyCipher(settings.AUTH_KEY_SECRET)),
      sessions: new PgSessionRepository(pool),
      now: () => new Date(),
    };
  },
  run: async (services) => {
    const rotation = await rotateKeys(services);
    const sessionsPurged = await services.sessions.purgeEndedBefore(purgeMoment(services.now()));
    logger.info('Signing keys rotated', { ...rotation, sessionsPurged });
  },
});

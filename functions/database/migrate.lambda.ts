import { fileURLToPath } from 'node:url';
import middy from '@middy/core';
import { lazyEnv } from '../shared/config/env.ts';
import { logger } from '../shared/logging/logger.ts';
import { MigrationEnv, migrateDatabase } from './migrate-database.ts';

const env = lazyEnv(MigrationEnv);

/** Runs before a deployment's functions change. It is safe to run again at any time. */
export const handler = middy().handler(async () => {
  const applied = await migrateDatabase(env(), (context) =>
    fileURLToPath(new URL(`migrations/${context}`, import.meta.url)),
  );
  logger.info('Database migrated', { applied });
  return { applied };
});

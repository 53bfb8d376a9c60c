import pg from 'pg';
import { ENV_DATABASE_USER } from '../../contracts/env.ts';
import { parseEnv } from '../../shared/config/env.ts';
import { DatabaseEnv } from '../../shared/config/schemas.ts';
import { createPool } from '../../shared/database/pool.ts';
import { logger } from '../../shared/logging/logger.ts';
import type { Check } from '../core/check.ts';

/** SQLSTATE when a role or a server has no connection left. */
const TOO_MANY_CONNECTIONS = '53300';

/**
 * Logs in to PostgreSQL with one role, as its functions do, and runs a query. If no connection is left, the check
 * passes: the cause is load, and a deployment must not wait for it to end.
 */
export const loginCheck = (role: string): Check => ({
  name: `login ${role}`,
  limitSeconds: 15,
  run: async () => {
    const pool = createPool(parseEnv(DatabaseEnv, { ...process.env, [ENV_DATABASE_USER]: role }));
    try {
      await pool.query('SELECT 1');
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || error.code !== TOO_MANY_CONNECTIONS) throw error;
      logger.warn('No connection left to check a login with', { role });
    } finally {
      await pool.end();
    }
  },
  explain: (reason) =>
    `The role ${role} cannot log in to PostgreSQL (${reason}): look at the log of the migrations, which make the role, ` +
    'at its right rds-db:connect and at the security groups.',
});

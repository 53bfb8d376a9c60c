import type pg from 'pg';
import {
  DATABASE_CONNECTION_TIMEOUT_SECONDS,
  DATABASE_QUERY_TIMEOUT_SECONDS,
} from '../../contracts/answer-times.ts';
import { CONNECTION_MAX_IDLE_SECONDS } from '../../contracts/database.ts';
import type { DatabaseEnv } from '../config/schemas.ts';
import { logger } from '../logging/logger.ts';
import { createDatabaseToken } from './iam-token.ts';
import { isScarce } from './scarcity.ts';
import { WallClockPool } from './wall-clock-pool.ts';

/** Runs SQL: a pool, or one connection within a transaction. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

/**
 * Creates a pool of one connection. A function runs one invocation at a time and the worker one extraction; their
 * concurrent statements (a renewed lease, a swept page) wait for each other. So a transaction must not request a second
 * connection. The limits of the roles (lib/config/connection-budget.ts) depend on this. With IAM, each new connection
 * gets its own token, signed locally without network, and TLS is verified.
 */
export const createPool = (env: DatabaseEnv, now: () => number = Date.now): pg.Pool => {
  const { DATABASE_HOST: host, DATABASE_PORT: port, DATABASE_USER: user } = env;
  const pool = new WallClockPool(
    {
      host,
      port,
      user,
      database: env.DATABASE_NAME,
      password:
        env.DATABASE_AUTH === 'iam' ? () => createDatabaseToken({ host, port, user }) : env.DATABASE_PASSWORD,
      ssl: env.DATABASE_AUTH === 'iam',
      max: 1,
      connectionTimeoutMillis: DATABASE_CONNECTION_TIMEOUT_SECONDS * 1000,
      idleTimeoutMillis: CONNECTION_MAX_IDLE_SECONDS * 1000,
      query_timeout: DATABASE_QUERY_TIMEOUT_SECONDS * 1000,
      // Limits how long a process that froze during a transaction can lock its rows, because others wait for them.
      idle_in_transaction_session_timeout: 10_000,
      allowExitOnIdle: true,
    },
    { maxIdleMilliseconds: CONNECTION_MAX_IDLE_SECONDS * 1000, now, isScarce },
  );
  // The pool replaces an idle connection that the server closed. Without this listener, the error would end the
  // process.
  pool.on('error', (error) => logger.warn('An idle database connection was lost', { error }));
  // Likewise for a connection in use: its query fails, and that is enough.
  pool.on('connect', (client) =>
    client.on('error', (error) => logger.warn('A database connection was lost', { error })),
  );
  return pool;
};

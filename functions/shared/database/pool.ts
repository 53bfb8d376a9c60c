import { Signer } from '@aws-sdk/rds-signer';
import pg from 'pg';
import {
  DATABASE_CONNECTION_TIMEOUT_SECONDS,
  DATABASE_QUERY_TIMEOUT_SECONDS,
} from '../../contracts/answer-times.ts';
import type { DatabaseEnv } from '../config/schemas.ts';
import { logger } from '../logging/logger.ts';

/** What runs SQL: a pool, or one connection within a transaction. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

/**
 * A small pool: a Lambda runs one invocation at a time, so two connections serve its work and its sweeper.
 * With IAM each new connection gets a token of its own, signed locally (no network), and TLS is verified.
 */
export const createPool = (env: DatabaseEnv): pg.Pool => {
  const { DATABASE_HOST: host, DATABASE_PORT: port, DATABASE_USER: user } = env;
  const pool = new pg.Pool({
    host,
    port,
    user,
    database: env.DATABASE_NAME,
    password: env.DATABASE_AUTH === 'iam' ? tokenSource(env) : env.DATABASE_PASSWORD,
    ssl: env.DATABASE_AUTH === 'iam',
    max: 2,
    connectionTimeoutMillis: DATABASE_CONNECTION_TIMEOUT_SECONDS * 1000,
    idleTimeoutMillis: 60_000,
    query_timeout: DATABASE_QUERY_TIMEOUT_SECONDS * 1000,
    // Who froze in the middle of a transaction holds its rows no longer than this: others wait for them.
    idle_in_transaction_session_timeout: 10_000,
    allowExitOnIdle: true,
  });
  // An idle connection that the server closed is replaced on the next query; without a listener it would end the process.
  pool.on('error', (error) => logger.warn('An idle database connection was lost', { error }));
  // The same of one that is in use: the query under way fails, and that is enough.
  pool.on('connect', (client) =>
    client.on('error', (error) => logger.warn('A database connection was lost', { error })),
  );
  return pool;
};

const tokenSource = (env: DatabaseEnv): (() => Promise<string>) => {
  const signer = new Signer({
    hostname: env.DATABASE_HOST,
    port: env.DATABASE_PORT,
    username: env.DATABASE_USER,
  });
  return () => signer.getAuthToken();
};

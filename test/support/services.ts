import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import pg from 'pg';
import { inject } from 'vitest';
import {
  type DatabaseContext,
  type DatabaseLogin,
  databaseRole,
  LOGIN_ROLES,
} from '../../functions/contracts/database.ts';
import type { MigrationEnv } from '../../functions/database/migrate-database.ts';
import { migrateDatabase } from '../../functions/database/migrate-database.ts';

const ROLE_PASSWORD = 'integration';
/** Enough for all test files at the same time, because they share the roles. */
const ROLE_CONNECTIONS = 200;
/** An arbitrary id of the advisory lock under which one test file at a time changes the shared roles. */
const PROVISIONING_LOCK = 20_260_102;

/** A migrated database of the test's own, with ways to connect to it. */
export interface TestDatabase {
  name: string;
  migration: MigrationEnv;
  /** A pool that logs in as the context's own role. End it with `close`. */
  poolOf(context: DatabaseContext): pg.Pool;
  /** Environment variables of a function of this context. */
  envOf(context: DatabaseContext, login?: DatabaseLogin): Record<string, string>;
  close(): Promise<void>;
}

/** The path of a context's migrations in the repository. */
export const migrationsOf = (context: DatabaseContext): string =>
  fileURLToPath(new URL(`../../functions/${context}/migrations`, import.meta.url));

/** Creates a new database with every context's schema and role. */
export const createTestDatabase = async (): Promise<TestDatabase> => {
  const { postgres } = inject('services');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const migration: MigrationEnv = {
    DATABASE_HOST: postgres.host,
    DATABASE_PORT: postgres.port,
    DATABASE_NAME: name,
    DATABASE_ADMIN_USER: postgres.adminUser,
    DATABASE_ADMIN_PASSWORD: postgres.adminPassword,
    DATABASE_AUTH: 'password',
    DATABASE_PASSWORD: ROLE_PASSWORD,
    DATABASE_CONNECTION_LIMITS: Object.fromEntries(LOGIN_ROLES.map((role) => [role, ROLE_CONNECTIONS])),
  };
  await withProvisioningLock(() => migrateDatabase(migration, migrationsOf));
  const pools: pg.Pool[] = [];
  const envOf = (context: DatabaseContext, login?: DatabaseLogin) => ({
    DATABASE_HOST: postgres.host,
    DATABASE_PORT: String(postgres.port),
    DATABASE_NAME: name,
    DATABASE_USER: databaseRole(context, login),
    DATABASE_AUTH: 'password',
    DATABASE_PASSWORD: ROLE_PASSWORD,
  });
  return {
    name,
    migration,
    envOf,
    poolOf: (context) => {
      const pool = new pg.Pool({
        host: postgres.host,
        port: postgres.port,
        database: name,
        user: databaseRole(context),
        password: ROLE_PASSWORD,
        max: 4,
      });
      pools.push(pool);
      return pool;
    },
    close: async () => {
      await Promise.all(pools.map((pool) => pool.end()));
    },
  };
};

/** Roles belong to the server, not to a database, and PostgreSQL fails one of two concurrent changes to a role. */
export const withProvisioningLock = async <T>(provision: () => Promise<T>): Promise<T> => {
  const { host, port, adminUser: user, adminPassword: password } = inject('services').postgres;
  const client = new pg.Client({ host, port, user, password, database: 'postgres' });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [PROVISIONING_LOCK]);
    return await provision();
  } finally {
    await client.end();
  }
};

/** A connection to the run's Redis. All tests share keys and channels, so use unique ids. */
export const connectRedis = (): Redis => new Redis(inject('services').redisUrl, { maxRetriesPerRequest: 1 });

/** The variables that the SDK and `createRedis` read, for functions under test in this process. */
export const serviceEnv = (): Record<string, string> => {
  const services = inject('services');
  return {
    REDIS_URL: services.redisUrl,
    REDIS_AUTH: 'none',
    S3_FORCE_PATH_STYLE: 'true',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_S3: services.s3Endpoint,
    AWS_ENDPOINT_URL_SQS: services.sqsEndpoint,
    AWS_ENDPOINT_URL_DYNAMODB: services.dynamoEndpoint,
  };
};

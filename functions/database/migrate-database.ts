import { setTimeout as delay } from 'node:timers/promises';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import * as z from 'zod';
import { DATABASE_CONTEXTS, type DatabaseContext, LOGIN_ROLES } from '../contracts/database.ts';
import {
  ENV_DATABASE_ADMIN_PASSWORD,
  ENV_DATABASE_ADMIN_USER,
  ENV_DATABASE_AUTH,
  ENV_DATABASE_CONNECTION_LIMITS,
  ENV_DATABASE_HOST,
  ENV_DATABASE_NAME,
  ENV_DATABASE_PASSWORD,
  ENV_DATABASE_PORT,
} from '../contracts/env.ts';
import { createDatabaseToken } from '../shared/database/iam-token.ts';
import { logger } from '../shared/logging/logger.ts';
import { type LoginMethod, provisionContext, provisionDatabase } from './provision.ts';

/** The connection limit of every login role, as JSON. */
const ConnectionLimits = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'not JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.strictObject(Object.fromEntries(LOGIN_ROLES.map((role) => [role, z.int().positive()]))));

/** The administrator's connection, and the login method of the contexts' roles. */
export const MigrationEnv = z
  .object({
    [ENV_DATABASE_HOST]: z.string().min(1),
    [ENV_DATABASE_PORT]: z.coerce.number().int().min(1).max(65_535),
    [ENV_DATABASE_NAME]: z.string().min(1),
    [ENV_DATABASE_ADMIN_USER]: z.string().min(1),
    [ENV_DATABASE_ADMIN_PASSWORD]: z.string().min(1).optional(),
    [ENV_DATABASE_AUTH]: z.enum(['iam', 'password']),
    [ENV_DATABASE_PASSWORD]: z.string().min(1).optional(),
    [ENV_DATABASE_CONNECTION_LIMITS]: ConnectionLimits,
  })
  .refine((env) => env.DATABASE_AUTH === 'iam' || env.DATABASE_PASSWORD !== undefined, {
    path: [ENV_DATABASE_PASSWORD],
    message: 'needed where DATABASE_AUTH is password',
  })
  .refine((env) => env.DATABASE_AUTH === 'iam' || env.DATABASE_ADMIN_PASSWORD !== undefined, {
    path: [ENV_DATABASE_ADMIN_PASSWORD],
    message: 'needed where DATABASE_AUTH is password',
  });
export type MigrationEnv = z.infer<typeof MigrationEnv>;

/** SQLSTATE for a connection to a database that does not exist. */
const INVALID_CATALOG_NAME = '3D000';
/** SQLSTATE class for a refused login. */
const INVALID_AUTHORIZATION = '28';
/** The same deployment has just granted the permission to log in, and IAM needs time to propagate it. */
const LOGIN_ATTEMPTS = 6;
const LOGIN_PAUSE_MILLISECONDS = 5_000;

/**
 * Migrates the database to the newest state: creates the database and each context's schema and role, and applies the
 * SQL files in `directoryOf(context)`. Each file is applied once, in the order of the names. A context's files are
 * applied together in one transaction.
 *
 * @returns the names of the applied migrations, as `context/name`
 */
export const migrateDatabase = async (
  env: MigrationEnv,
  directoryOf: (context: DatabaseContext) => string,
): Promise<string[]> => {
  const client = await connect(env);
  try {
    await provisionDatabase(client, env.DATABASE_NAME);
    const applied: string[] = [];
    for (const context of DATABASE_CONTEXTS) {
      await provisionContext(client, context, env.DATABASE_NAME, {
        method: loginMethod(env),
        connectionLimits: env.DATABASE_CONNECTION_LIMITS,
      });
      const migrations = await runner({
        dbClient: client,
        dir: directoryOf(context),
        schema: context,
        // Not in the context's schema, so that its role cannot change the list of migrations.
        migrationsSchema: 'migrations',
        createMigrationsSchema: true,
        migrationsTable: context,
        direction: 'up',
        checkOrder: true,
        advisoryLockMode: 'wait',
        logger: {
          info: () => undefined,
          warn: (text) => logger.warn(text),
          error: (text) => logger.error(text),
        },
      });
      applied.push(...migrations.map((migration) => `${context}/${migration.name}`));
    }
    return applied;
  } finally {
    await client.end();
  }
};

const loginMethod = (env: MigrationEnv): LoginMethod =>
  env.DATABASE_PASSWORD === undefined
    ? { kind: 'iam' }
    : { kind: 'password', password: env.DATABASE_PASSWORD };

const connect = async (env: MigrationEnv): Promise<pg.Client> => {
  try {
    return await connectTo(env, env.DATABASE_NAME);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== INVALID_CATALOG_NAME) throw error;
    const maintenance = await connectTo(env, 'postgres');
    await maintenance.query(`CREATE DATABASE ${pg.escapeIdentifier(env.DATABASE_NAME)}`);
    await maintenance.end();
    return connectTo(env, env.DATABASE_NAME);
  }
};

/** @throws Error with one sentence if the database still refuses the administrator after all attempts */
const connectTo = async (env: MigrationEnv, database: string): Promise<pg.Client> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await logIn(env, database);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (env.DATABASE_AUTH === 'password' || attempt === LOGIN_ATTEMPTS) {
        const how = env.DATABASE_AUTH === 'iam' ? 'an IAM token' : 'its password';
        throw new Error(
          `The database refuses the login of its administrator ${env.DATABASE_ADMIN_USER} with ${how}: ${error.message}.`,
          { cause: error },
        );
      }
      logger.warn('The administrator was refused; trying again', { error });
      await delay(LOGIN_PAUSE_MILLISECONDS);
    }
  }
};

const isRefusal = (error: unknown): error is pg.DatabaseError =>
  error instanceof pg.DatabaseError && error.code?.slice(0, 2) === INVALID_AUTHORIZATION;

const logIn = async (env: MigrationEnv, database: string): Promise<pg.Client> => {
  const client = new pg.Client({
    host: env.DATABASE_HOST,
    port: env.DATABASE_PORT,
    user: env.DATABASE_ADMIN_USER,
    ...(await adminPassword(env)),
    database,
    ssl: env.DATABASE_AUTH === 'iam',
    connectionTimeoutMillis: 20_000,
  });
  await client.connect();
  return client;
};

/** With IAM, the administrator also uses a token, because RDS refuses passwords of members of `rds_iam`. */
const adminPassword = async (env: MigrationEnv): Promise<{ password?: string }> => {
  if (env.DATABASE_AUTH === 'iam') {
    const { DATABASE_HOST: host, DATABASE_PORT: port, DATABASE_ADMIN_USER: user } = env;
    return { password: await createDatabaseToken({ host, port, user }) };
  }
  return env.DATABASE_ADMIN_PASSWORD === undefined ? {} : { password: env.DATABASE_ADMIN_PASSWORD };
};

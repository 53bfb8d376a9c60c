import { type ClientBase, escapeIdentifier, escapeLiteral } from 'pg';
import {
  DATABASE_LOGINS,
  type DatabaseContext,
  databaseRole,
  SERVER_IDLE_SESSION_SECONDS,
} from '../contracts/database.ts';

/** How the contexts' roles log in: with IAM tokens (RDS), or with one password (local stage). */
export type LoginMethod = { kind: 'iam' } | { kind: 'password'; password: string };

/** How the roles log in, and how often at a time. */
export interface LoginTerms {
  method: LoginMethod;
  /** The most connections of each login role, by its name. */
  connectionLimits: Readonly<Record<string, number>>;
}

/** Takes from PUBLIC what only the contexts' roles are to have. */
export const provisionDatabase = async (client: ClientBase, database: string): Promise<void> => {
  await client.query(`REVOKE ALL ON DATABASE ${escapeIdentifier(database)} FROM PUBLIC`);
  await client.query('REVOKE ALL ON SCHEMA public FROM PUBLIC');
};

/**
 * A context's schema and its role, which may read and write the rows of that schema and do nothing else: it owns no
 * table, so it cannot change the schema. What the administrator will create there later is covered too. The other roles
 * that the context's processes log in as are members of it.
 */
export const provisionContext = async (
  client: ClientBase,
  context: DatabaseContext,
  database: string,
  terms: LoginTerms,
): Promise<void> => {
  const schema = escapeIdentifier(context);
  const role = escapeIdentifier(databaseRole(context));
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
  await provisionLogin(client, databaseRole(context), context, terms);
  await client.query(`GRANT CONNECT ON DATABASE ${escapeIdentifier(database)} TO ${role}`);
  await client.query(`GRANT USAGE ON SCHEMA ${schema} TO ${role}`);
  await client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role}`);
  await client.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO ${role}`);
  await client.query(
    `ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${role}`,
  );
  await client.query(`ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT USAGE ON SEQUENCES TO ${role}`);
  for (const login of DATABASE_LOGINS[context].filter((kind) => kind !== 'background')) {
    const member = databaseRole(context, login);
    await provisionLogin(client, member, context, terms);
    // INHERIT: it has the rights without asking. No SET: it need not become the other role.
    await client.query(`GRANT ${role} TO ${escapeIdentifier(member)} WITH INHERIT TRUE, SET FALSE`);
  }
};

/**
 * A role that a process logs in as. The server ends its sessions that are idle for too long, since a frozen sandbox
 * cannot, and refuses more connections than the limit with SQLSTATE 53300.
 */
const provisionLogin = async (
  client: ClientBase,
  name: string,
  context: DatabaseContext,
  { method, connectionLimits }: LoginTerms,
): Promise<void> => {
  const limit = connectionLimits[name];
  if (limit === undefined) throw new Error(`There is no connection limit for the role ${name}.`);
  const role = escapeIdentifier(name);
  await createRoleIfMissing(client, name);
  await client.query(
    method.kind === 'iam'
      ? `GRANT rds_iam TO ${role}`
      : `ALTER ROLE ${role} WITH LOGIN PASSWORD ${escapeLiteral(method.password)}`,
  );
  await client.query(`ALTER ROLE ${role} CONNECTION LIMIT ${limit}`);
  await client.query(`ALTER ROLE ${role} SET search_path = ${escapeIdentifier(context)}`);
  await client.query(`ALTER ROLE ${role} SET idle_session_timeout = '${SERVER_IDLE_SESSION_SECONDS}s'`);
};

const createRoleIfMissing = async (client: ClientBase, role: string): Promise<void> => {
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  if (rowCount === 0) await client.query(`CREATE ROLE ${escapeIdentifier(role)} WITH LOGIN`);
};

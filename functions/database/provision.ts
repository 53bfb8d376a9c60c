import { type ClientBase, escapeIdentifier, escapeLiteral } from 'pg';
import {
  DATABASE_LOGINS,
  type DatabaseContext,
  databaseRole,
  SERVER_IDLE_SESSION_SECONDS,
} from '../contracts/database.ts';

/** The login method of the contexts' roles: IAM tokens (RDS), or one password (local stage). */
export type LoginMethod = { kind: 'iam' } | { kind: 'password'; password: string };

/** The login method and the connection limits of the roles. */
export interface LoginTerms {
  method: LoginMethod;
  /** The maximum number of connections of each login role, by name. */
  connectionLimits: Readonly<Record<string, number>>;
}

/** Revokes the rights of PUBLIC, so that only the contexts' roles have rights. */
export const provisionDatabase = async (client: ClientBase, database: string): Promise<void> => {
  await client.query(`REVOKE ALL ON DATABASE ${escapeIdentifier(database)} FROM PUBLIC`);
  await client.query('REVOKE ALL ON SCHEMA public FROM PUBLIC');
};

/**
 * Creates a context's schema and its role. The role may only read and write rows in that schema. It owns no table, so
 * it cannot change the schema. Tables that the administrator creates later are covered too. The other login roles of
 * the context are members of this role.
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
    // INHERIT gives the rights directly. Without SET, the member cannot switch to the other role.
    await client.query(`GRANT ${role} TO ${escapeIdentifier(member)} WITH INHERIT TRUE, SET FALSE`);
  }
};

/**
 * Creates a role that processes log in as. The server ends its sessions that are idle for too long, because a frozen
 * sandbox cannot do that, and refuses connections above the limit with SQLSTATE 53300.
 */
const provisionLogin = async (
  client: ClientBase,
  name: string,
  context: DatabaseContext,
  { method, connectionLimits }: LoginTerms,
): Promise<void> => {
  const limit = connectionLimits[name];
  if (limit === undefined) throw new Error(`The role ${name} has no connection limit.`);
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

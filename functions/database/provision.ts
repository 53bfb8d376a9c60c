import { type ClientBase, escapeIdentifier, escapeLiteral } from 'pg';
import { type DatabaseContext, databaseRole } from '../contracts/database.ts';

/** How the contexts' roles log in: with IAM tokens (RDS), or with one password (local stage). */
export type LoginMethod = { kind: 'iam' } | { kind: 'password'; password: string };

/** Takes from everybody what only the contexts' roles are to have. */
export const provisionDatabase = async (client: ClientBase, database: string): Promise<void> => {
  await client.query(`REVOKE ALL ON DATABASE ${escapeIdentifier(database)} FROM PUBLIC`);
  await client.query('REVOKE ALL ON SCHEMA public FROM PUBLIC');
};

/**
 * A context's schema and its role, which may read and write the rows of that schema and do nothing else: it owns no
 * table, so it cannot change the schema. What the administrator will create there later is covered too.
 */
export const provisionContext = async (
  client: ClientBase,
  context: DatabaseContext,
  database: string,
  login: LoginMethod,
): Promise<void> => {
  const schema = escapeIdentifier(context);
  const role = escapeIdentifier(databaseRole(context));
  await createRoleIfMissing(client, databaseRole(context));
  await client.query(
    login.kind === 'iam'
      ? `GRANT rds_iam TO ${role}`
      : `ALTER ROLE ${role} WITH LOGIN PASSWORD ${escapeLiteral(login.password)}`,
  );
  await client.query(`GRANT CONNECT ON DATABASE ${escapeIdentifier(database)} TO ${role}`);
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
  await client.query(`ALTER ROLE ${role} SET search_path = ${schema}`);
  await client.query(`GRANT USAGE ON SCHEMA ${schema} TO ${role}`);
  await client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role}`);
  await client.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO ${role}`);
  await client.query(
    `ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${role}`,
  );
  await client.query(`ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT USAGE ON SEQUENCES TO ${role}`);
};

const createRoleIfMissing = async (client: ClientBase, role: string): Promise<void> => {
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  if (rowCount === 0) await client.query(`CREATE ROLE ${escapeIdentifier(role)} WITH LOGIN`);
};

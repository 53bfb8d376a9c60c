import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATABASE_CONTEXTS, LOGIN_ROLES } from '../../../functions/contracts/database.ts';
import { migrateDatabase } from '../../../functions/database/migrate-database.ts';
import { provisionContext, provisionDatabase } from '../../../functions/database/provision.ts';
import { silentLog } from '../../../local/log.ts';
import { freePort } from '../../../local/ports.ts';
import { ProcessLedger } from '../../../local/processes/ledger.ts';
import { type PostgresService, startPostgres } from '../../../local/services/postgres.ts';
import { createStateDirectory, stateDirectoryAt } from '../../../local/state/directory.ts';
import { LocalSecrets } from '../../../local/state/secrets.ts';
import { eventually } from '../../support/eventually.ts';
import { migrationsOf } from '../../support/services.ts';

const ADMIN = 'frame_flow_admin';
const PASSWORD = 'a password';
const LIMITS = Object.fromEntries(LOGIN_ROLES.map((role, number) => [role, number + 3]));

let root: string;
let service: PostgresService;
let superuser: pg.Client;

const connect = async (user: string, password: string, database: string): Promise<pg.Client> => {
  const { host, port } = service.access;
  const client = new pg.Client({ host, port, user, password, database });
  await client.connect();
  return client;
};

/**
 * A server whose administrator has the rights of RDS's administrator: roles and databases, but not those of a
 * superuser.
 */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'frame-flow-rds-'));
  const state = stateDirectoryAt(root);
  await createStateDirectory(state);
  const ledger = new ProcessLedger(state.ledgerFile);
  const secrets = new LocalSecrets(state.secretsFile);
  service = await startPostgres({ state, secrets, ledger, log: silentLog }, await freePort());
  superuser = await connect(service.access.adminUser, service.access.adminPassword, 'postgres');
  await superuser.query('CREATE ROLE rds_iam');
  await superuser.query(`CREATE ROLE ${ADMIN} LOGIN CREATEROLE CREATEDB PASSWORD '${PASSWORD}'`);
  await superuser.query(`GRANT rds_iam TO ${ADMIN} WITH ADMIN TRUE`);
  await superuser.query(`CREATE DATABASE frame_flow OWNER ${ADMIN}`);
});
afterAll(async () => {
  await superuser.end();
  await service.process.stop();
  await rm(root, { recursive: true, force: true });
});

describe('An administrator without a superuser’s rights', () => {
  it('provisions the IAM roles, also a second time', async () => {
    const admin = await connect(ADMIN, PASSWORD, 'frame_flow');
    try {
      for (const deployment of [1, 2]) {
        await provisionDatabase(admin, 'frame_flow');
        for (const context of DATABASE_CONTEXTS) {
          const connectionLimits = Object.fromEntries(
            Object.entries(LIMITS).map(([role, limit]) => [role, limit * deployment]),
          );
          await provisionContext(admin, context, 'frame_flow', { method: { kind: 'iam' }, connectionLimits });
        }
      }
      const { rows } = await admin.query(
        `SELECT rolname, rolconnlimit, pg_has_role(oid, 'rds_iam', 'MEMBER') AS iam FROM pg_roles
         WHERE rolname = ANY($1)`,
        [LOGIN_ROLES],
      );
      const found = rows.map(({ rolname, rolconnlimit, iam }) => [rolname, rolconnlimit, iam]).toSorted();
      expect(found).toEqual(LOGIN_ROLES.map((role) => [role, (LIMITS[role] ?? 0) * 2, true]).toSorted());
    } finally {
      await admin.end();
    }
  });

  /** Refuses password logins of members of `rds_iam` as RDS does, with `reject` in place of its PAM module. */
  it('can no longer log in with its password once its roles use IAM, because it is a member of them', async () => {
    await superuser.query(`REVOKE rds_iam FROM ${ADMIN} CASCADE`);
    await superuser.query(`GRANT rds_iam TO frame_flow_upload`);
    const [{ hba_file: file }] = (await superuser.query('SHOW hba_file')).rows;
    const rules = await readFile(file, 'utf8');
    await writeFile(file, `host all +rds_iam 127.0.0.1/32 reject\n${rules}`);
    await superuser.query('SELECT pg_reload_conf()');
    await eventually('the new rules to apply', () =>
      connect(ADMIN, PASSWORD, 'frame_flow').then(
        (client) => client.end(),
        () => true,
      ),
    );
    const { host, port } = service.access;
    const migration = migrateDatabase(
      {
        DATABASE_HOST: host,
        DATABASE_PORT: port,
        DATABASE_NAME: 'frame_flow',
        DATABASE_ADMIN_USER: ADMIN,
        DATABASE_ADMIN_PASSWORD: PASSWORD,
        DATABASE_AUTH: 'password',
        DATABASE_PASSWORD: PASSWORD,
        DATABASE_CONNECTION_LIMITS: LIMITS,
      },
      migrationsOf,
    );
    await expect(migration).rejects.toThrow(
      /^The database refuses the login of its administrator frame_flow_admin with its password: pg_hba.conf rejects/,
    );
  });
});

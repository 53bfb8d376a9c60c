import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  DATABASE_CONTEXTS,
  DATABASE_LOGINS,
  databaseRole,
  LOGIN_ROLES,
} from '../../../functions/contracts/database.ts';
import { migrateDatabase } from '../../../functions/database/migrate-database.ts';
import { DatabaseEnv } from '../../../functions/shared/config/schemas.ts';
import { isDatabaseUnavailable } from '../../../functions/shared/database/errors.ts';
import { createPool } from '../../../functions/shared/database/pool.ts';
import { someEvent, someOrigin, somePayload } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { migrationsOf, withProvisioningLock } from '../../support/services.ts';
import { deliverEvents } from '../../support/sqs-event.ts';
import { someUser, startUploadContext, type UploadContextUnderTest } from '../../support/upload-context.ts';

const LIMITED = `limited_${randomBytes(4).toString('hex')}`;
const MEMBERS = DATABASE_CONTEXTS.flatMap((context) =>
  DATABASE_LOGINS[context].map((login) => [databaseRole(context, login), context] as const),
);

let upload: UploadContextUnderTest;
let administrator: pg.Client;

const connectAs = async (user: string, password: string): Promise<pg.Client> => {
  const { host, port } = inject('services').postgres;
  const client = new pg.Client({ host, port, user, password, database: upload.database.name });
  await client.connect();
  return client;
};

beforeAll(async () => {
  // The handlers log in as a role with a limit of one connection.
  upload = await startUploadContext({ DATABASE_USER: LIMITED });
  const { adminUser, adminPassword } = inject('services').postgres;
  administrator = await connectAs(adminUser, adminPassword);
  await administrator.query(
    `CREATE ROLE ${LIMITED} LOGIN PASSWORD 'integration' CONNECTION LIMIT 1 IN ROLE ${databaseRole('upload')}`,
  );
  await administrator.query(`ALTER ROLE ${LIMITED} SET search_path = upload`);
});
afterAll(async () => {
  await upload.close();
  await administrator.end();
});

describe('The roles that processes log in as', () => {
  it.each(MEMBERS)('%s reads the rows of %s and has no other rights', async (role, context) => {
    const client = await connectAs(role, 'integration');
    try {
      const { rows } = await client.query('SELECT current_schema() AS schema');
      expect(rows).toEqual([{ schema: context }]);
      await client.query(`SELECT count(*) FROM ${context === 'auth' ? 'users' : 'inbox'}`);
      await expect(client.query('CREATE TABLE mine (id int)')).rejects.toMatchObject({ code: '42501' });
      for (const other of DATABASE_CONTEXTS.filter((name) => name !== context)) {
        const foreign = `SELECT 1 FROM ${other}.${other === 'auth' ? 'users' : 'inbox'}`;
        await expect(client.query(foreign)).rejects.toMatchObject({ code: '42501' });
      }
    } finally {
      await client.end();
    }
  });

  it('have the limits of the migrations’ environment, and a timeout for idle sessions', async () => {
    const { rows } = await administrator.query(
      `SELECT rolname AS role, rolconnlimit AS "limit", rolconfig AS config FROM pg_roles WHERE rolname = ANY($1)`,
      [LOGIN_ROLES],
    );
    expect(rows).toHaveLength(LOGIN_ROLES.length);
    for (const { role, limit, config } of rows) {
      expect([role, limit]).toEqual([role, upload.database.migration.DATABASE_CONNECTION_LIMITS[role]]);
      expect(config).toContain('idle_session_timeout=75s');
    }
  });

  it('get a changed limit with the next deployment', async () => {
    const role = databaseRole('download', 'http');
    const { migration } = upload.database;
    const limitOf = async () => {
      const { rows } = await administrator.query('SELECT rolconnlimit FROM pg_roles WHERE rolname = $1', [
        role,
      ]);
      return rows[0]?.rolconnlimit;
    };
    const limits = { ...migration.DATABASE_CONNECTION_LIMITS };
    await withProvisioningLock(async () => {
      const changed = { ...limits, [role]: 199 };
      await migrateDatabase({ ...migration, DATABASE_CONNECTION_LIMITS: changed }, migrationsOf);
      expect(await limitOf()).toBe(199);
      await migrateDatabase(migration, migrationsOf);
      expect(await limitOf()).toBe(limits[role]);
    });
  });
});

describe('A role with few connections left', () => {
  it('serves more processes than it has connections, since no process keeps one of the last ones', async () => {
    const role = `few_${randomBytes(4).toString('hex')}`;
    await administrator.query(`CREATE ROLE ${role} LOGIN PASSWORD 'integration' CONNECTION LIMIT 4`);
    await administrator.query(`GRANT CONNECT ON DATABASE ${upload.database.name} TO ${role}`);
    const env = DatabaseEnv.parse({ ...upload.database.envOf('upload'), DATABASE_USER: role });
    const pools = Array.from({ length: 7 }, () => createPool(env));
    const kept = () => pools.map(({ totalCount }) => totalCount);
    try {
      for (let round = 0; round < 3; round += 1) {
        for (const pool of pools) {
          await pool.query('SELECT 1');
          await eventually('the last connection to be free', async () => {
            const { rows } = await administrator.query(
              'SELECT count(*)::int AS open FROM pg_stat_activity WHERE usename = $1',
              [role],
            );
            return rows[0]?.open <= 3 ? true : undefined;
          });
        }
      }
      expect(kept()).toEqual([1, 1, 1, 0, 0, 0, 0]);
    } finally {
      await Promise.all(pools.map((pool) => pool.end()));
    }
  });
});

/** Takes the only connection of the role, once the server has noticed that it is free. */
const takeTheOne = () =>
  eventually('the connection to be free', () =>
    connectAs(LIMITED, 'integration').catch((error: unknown) => {
      if (isDatabaseUnavailable(error)) return undefined;
      throw error;
    }),
  );

describe('A role whose connections are all in use', () => {
  it('causes 503 with Retry-After until a connection is free', async () => {
    const userId = someUser();
    const taken = await takeTheOne();
    const refused = await upload.call(userId, 'POST', '/videos', {
      body: { fileName: 'holiday.mp4', sizeBytes: 1000 },
    });
    expect([refused.status, refused.body]).toMatchObject([503, { code: 'UNAVAILABLE' }]);
    expect(refused.headers['retry-after']).toBe('5');
    await taken.end();
    const video = await eventually('an answer', () => upload.create(userId).catch(() => undefined));
    expect(video.status).toBe('AWAITING_UPLOAD');
  });

  it('makes an inbox return its message, and consume it once a connection is free', async () => {
    const userId = someUser();
    const video = await eventually('an answer', () => upload.create(userId).catch(() => undefined));
    const origin = { ...someOrigin(), sagaId: video.id, userId };
    const event = someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE(), origin);
    const taken = await takeTheOne();
    expect(await deliverEvents(upload.inbox, event)).toEqual([0]);
    await taken.end();
    await eventually('the message to be consumed', async () =>
      (await deliverEvents(upload.inbox, event)).length === 0 ? true : undefined,
    );
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATABASE_CONTEXTS } from '../../../functions/contracts/database.ts';
import { migrateDatabase } from '../../../functions/database/migrate-database.ts';
import {
  createTestDatabase,
  migrationsOf,
  type TestDatabase,
  withProvisioningLock,
} from '../../support/services.ts';

describe('the migrated database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.close());

  it('applies nothing the second time', async () => {
    const again = () => migrateDatabase(database.migration, migrationsOf);
    expect(await withProvisioningLock(again)).toEqual([]);
  });

  it.each(DATABASE_CONTEXTS)('gives the role of %s only its own schema', async (context) => {
    const pool = database.poolOf(context);
    const { rows: own } = await pool.query('SELECT current_schema() AS schema');
    expect(own).toEqual([{ schema: context }]);
    const { rows } = await pool.query<{ name: string }>(
      `SELECT nspname AS name FROM pg_namespace
       WHERE has_schema_privilege(oid, 'USAGE') AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'`,
    );
    expect(rows.map((row) => row.name)).toEqual([context]);
    await expect(pool.query('CREATE TABLE mine (id int)')).rejects.toMatchObject({ code: '42501' });
  });
});

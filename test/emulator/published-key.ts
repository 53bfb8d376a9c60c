import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import pg from 'pg';
import { DATABASE_NAME } from '../../functions/contracts/database.ts';
import type { PostgresAccess } from '../../local/services/postgres.ts';

/** A signing key that the API accepts, with its private part for the tests. */
export interface TestKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/**
 * Adds a key to those that auth publishes, so that tokens signed with it differ from auth's own only in a test's
 * changes. Auth never signs with it, because it becomes active far in the future.
 */
export const publishTestKey = async ({
  host,
  port,
  adminUser,
  adminPassword,
}: PostgresAccess): Promise<TestKey> => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const jwk = publicKey.export({ format: 'jwk' });
  const kid = await calculateJwkThumbprint({ ...jwk, kty: 'OKP' });
  const client = new pg.Client({
    ...{ host, port, user: adminUser, password: adminPassword, database: DATABASE_NAME },
  });
  await client.connect();
  try {
    await client.query(
      `INSERT INTO auth.signing_keys (kid, public_jwk, sealed_private_jwk, created_at, active_from)
       VALUES ($1, $2, '', now(), '2100-01-01')`,
      [kid, { ...jwk, kid, alg: 'EdDSA', use: 'sig' }],
    );
  } finally {
    await client.end();
  }
  return { kid, privateKey, publicKey };
};

import type pg from 'pg';
import { DATABASE_BEGIN_TIMEOUT_SECONDS } from '../../contracts/answer-times.ts';
import { isDatabaseUnavailable } from './errors.ts';

/**
 * Runs `work` in one transaction on one connection: commits when it resolves, rolls back when it throws. A lost or
 * hanging connection is discarded without a rollback (the server does that itself), so that the caller gets the error
 * at once. A connection whose rollback fails is discarded too.
 */
export const withTransaction = async <T>(
  pool: pg.Pool,
  work: (tx: pg.PoolClient) => Promise<T>,
): Promise<T> => {
  const client = await begin(pool);
  let broken: Error | undefined;
  try {
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    if (error instanceof Error && isDatabaseUnavailable(error)) broken = error;
    else {
      await client.query('ROLLBACK').catch((rollbackError: Error) => {
        broken = rollbackError;
      });
    }
    throw error;
  } finally {
    client.release(broken);
  }
};

/**
 * Starts a transaction and returns its connection. If BEGIN fails on a pooled connection, it is tried once more on a
 * new one: the old one may be dead, and nothing has been executed yet. A failed connection attempt is not retried.
 */
const begin = async (pool: pg.Pool): Promise<pg.PoolClient> => {
  const first = await pool.connect();
  try {
    return await beginOn(first);
  } catch (error) {
    if (!isDatabaseUnavailable(error)) throw error;
    return beginOn(await pool.connect());
  }
};

/** @throws the error of BEGIN; the connection is then discarded */
const beginOn = async (client: pg.PoolClient): Promise<pg.PoolClient> => {
  try {
    await client.query(BEGIN);
    return client;
  } catch (error) {
    client.release(true);
    throw error;
  }
};

/** node-postgres supports `query_timeout` per statement, although its type does not. */
const BEGIN = { text: 'BEGIN', query_timeout: DATABASE_BEGIN_TIMEOUT_SECONDS * 1000 };

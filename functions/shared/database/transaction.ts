import type pg from 'pg';
import { DATABASE_BEGIN_TIMEOUT_SECONDS } from '../../contracts/answer-times.ts';
import { isDatabaseUnavailable } from './errors.ts';

/**
 * Runs `work` in one transaction on one connection: committed when it resolves, rolled back when it throws.
 * A connection that is lost or hangs is thrown away rather than asked to roll back (the server does it by itself), so
 * that the caller hears of it at once; so is one that failed to roll back.
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
 * A connection in a new transaction. A BEGIN that fails on a connection of the pool is tried once more on a new one: the
 * old one may have died unnoticed, and nothing has happened yet. A connection that cannot be made is not tried again.
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

/** @throws what BEGIN throws; the connection is thrown away. */
const beginOn = async (client: pg.PoolClient): Promise<pg.PoolClient> => {
  try {
    await client.query(BEGIN);
    return client;
  } catch (error) {
    client.release(true);
    throw error;
  }
};

/** `query_timeout` of one statement is node-postgres's own, though its type leaves it out. */
const BEGIN = { text: 'BEGIN', query_timeout: DATABASE_BEGIN_TIMEOUT_SECONDS * 1000 };

import type pg from 'pg';
import * as z from 'zod';
import { DATABASE_BEGIN_TIMEOUT_SECONDS } from '../../contracts/answer-times.ts';

/** If more than this share of a role's connections is in use, processes close their connections after each use. */
const KEPT_SHARE = 0.75;

const UsageRow = z.object({ used: z.int(), limit: z.int() });

/** Every role can see its own sessions. node-postgres supports `query_timeout` here, although its type does not. */
const USAGE = {
  text: `SELECT count(*)::int AS used, (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user) AS limit
         FROM pg_stat_activity WHERE usename = current_user`,
  query_timeout: DATABASE_BEGIN_TIMEOUT_SECONDS * 1000,
};

/**
 * Whether the role of this new connection has few connections left. An HTTP function may have more warm sandboxes than
 * its role has connections, and Lambda sends requests to all of them. The first sandboxes would keep all connections,
 * and the others would refuse every request.
 */
export const isScarce = async (connection: Pick<pg.ClientBase, 'query'>): Promise<boolean> => {
  const { rows } = await connection.query(USAGE);
  const { used, limit } = UsageRow.parse(rows[0]);
  return limit >= 0 && used > limit * KEPT_SHARE;
};

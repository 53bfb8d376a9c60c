import type pg from 'pg';
import * as z from 'zod';
import { DATABASE_BEGIN_TIMEOUT_SECONDS } from '../../contracts/answer-times.ts';

/** Where more than this share of a role's connections is in use, a process keeps none while it has no use for it. */
const KEPT_SHARE = 0.75;

const UsageRow = z.object({ used: z.int(), limit: z.int() });

/** Own sessions are visible to every role. `query_timeout` is node-postgres's own, though its type leaves it out. */
const USAGE = {
  text: `SELECT count(*)::int AS used, (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user) AS limit
         FROM pg_stat_activity WHERE usename = current_user`,
  query_timeout: DATABASE_BEGIN_TIMEOUT_SECONDS * 1000,
};

/**
 * Whether the role that this new connection belongs to has few left. More sandboxes of an HTTP function may be warm than
 * its role has connections, and Lambda goes on to send requests to all of them: those that came first would keep every
 * connection, and the others would refuse every request.
 */
export const isScarce = async (connection: Pick<pg.ClientBase, 'query'>): Promise<boolean> => {
  const { rows } = await connection.query(USAGE);
  const { used, limit } = UsageRow.parse(rows[0]);
  return limit >= 0 && used > limit * KEPT_SHARE;
};

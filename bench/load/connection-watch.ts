import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { LOGIN_ROLES } from '../../functions/contracts/database.ts';
import { ENV_DATABASE_CONNECTION_LIMITS } from '../../functions/contracts/env.ts';
import type { System } from './system.ts';

const LOOK_MILLISECONDS = 500;

/** The connections of one login role. */
export interface RoleConnections {
  readonly role: string;
  readonly mostAtOnce: number;
  /** The limit computed from the stage's settings. */
  readonly limit: number;
  /** The limit that PostgreSQL enforces. */
  readonly enforced: number;
}

export interface ConnectionWatch {
  /**
   * Stops counting.
   * @returns the results by role
   */
  stop(): Promise<readonly RoleConnections[]>;
}

const Limits = z.record(z.string(), z.int().positive());
const CountRow = z.object({ role: z.string(), connections: z.int() });
const EnforcedRow = z.object({ role: z.string(), enforced: z.int() });

/** Counts the connections of each login role twice a second, as the server's administrator. */
export const watchConnections = async (system: System): Promise<ConnectionWatch> => {
  const limits = limitsOf(system);
  const enforced = await enforcedLimits(system);
  const most = new Map<string, number>();
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      for (const { role, connections } of await countConnections(system)) {
        most.set(role, Math.max(most.get(role) ?? 0, connections));
      }
      await sleep(LOOK_MILLISECONDS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
      return LOGIN_ROLES.map((role) => ({
        role,
        mostAtOnce: most.get(role) ?? 0,
        limit: limits[role] ?? 0,
        enforced: enforced.get(role) ?? -1,
      }));
    },
  };
};

/** One line per role that had more connections than its limit, or whose limit PostgreSQL does not enforce. */
export const connectionProblems = (connections: readonly RoleConnections[]): string[] =>
  connections.flatMap(({ role, mostAtOnce, limit, enforced }) => [
    ...(mostAtOnce > limit ? [`${role} had ${mostAtOnce} connections; its limit is ${limit}`] : []),
    ...(enforced !== limit ? [`PostgreSQL limits ${role} to ${enforced} instead of ${limit}`] : []),
  ]);

/** The limits that the template passes to the migrations. */
const limitsOf = ({ stack }: System): Readonly<Record<string, number>> => {
  const [text = '{}'] = stack.model.functions.flatMap(
    ({ environment }) => environment[ENV_DATABASE_CONNECTION_LIMITS] ?? [],
  );
  return Limits.parse(JSON.parse(text));
};

const enforcedLimits = async (system: System): Promise<ReadonlyMap<string, number>> => {
  const rows = await system.query(
    'SELECT rolname AS role, rolconnlimit AS enforced FROM pg_roles WHERE rolname = ANY($1)',
    [LOGIN_ROLES],
  );
  return new Map(rows.map((row) => EnforcedRow.parse(row)).map(({ role, enforced }) => [role, enforced]));
};

const countConnections = async (system: System): Promise<z.infer<typeof CountRow>[]> => {
  const rows = await system.query(
    'SELECT usename AS role, count(*)::int AS connections FROM pg_stat_activity WHERE usename = ANY($1) GROUP BY 1',
    [LOGIN_ROLES],
  );
  return rows.map((row) => CountRow.parse(row));
};

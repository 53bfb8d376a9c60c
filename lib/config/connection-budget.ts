import {
  DATABASE_CONTEXTS,
  DATABASE_LOGINS,
  type DatabaseContext,
  databaseRole,
} from '../../functions/contracts/database.ts';
import { DATABASE_INSTANCES, RESERVED_CONNECTIONS } from './database-instance.ts';
import { DEAD_LETTER_CONCURRENCY } from './lambda-limits.ts';
import type { StageConfig } from './stage.ts';

/** The database connections of a stage. Each process has a pool of one (functions/shared/database/pool.ts). */
export interface ConnectionBudget {
  /** `CONNECTION LIMIT` of each login role, by name. */
  readonly limits: Readonly<Record<string, number>>;
  /** The sum of all limits, the migrations and the connections that PostgreSQL and RDS reserve. */
  readonly total: number;
  /** The maximum of the stage's instance. */
  readonly available: number;
}

type Settings = Pick<
  StageConfig,
  'concurrency' | 'maxWorkers' | 'httpConnections' | 'databaseInstance' | 'local'
>;

/** The retry of a failed scheduled invocation may run at the same time as the next one. */
const RUNS_OF_A_SCHEDULE = 2;
/** During a deployment, the sandboxes of two versions hold connections. */
const VERSIONS = 2;
/** A deployment's self-test logs in once with each role. */
const SELF_TESTS = 1;
/** Auth, upload, download and the health check. */
const HTTP_FUNCTIONS = 4;
/** The migrations: one connection, and a second one while they create the database. */
const ADMINISTRATION = 2;

/**
 * Computes the limit of each login role from the concurrency of the stage.
 *
 * Background roles get twice their concurrency. After a deployment, the old version's sandboxes stay frozen with their
 * sessions until the server ends these (`SERVER_IDLE_SESSION_SECONDS`), while as many sandboxes of the new version
 * start. ECS also runs old and new tasks at the same time. Lambda may also keep more sandboxes than it invokes
 * concurrently.
 *
 * Without reserved concurrency, the number of an HTTP function's sandboxes is unlimited. Its role gets the connections
 * that the stage allows; further requests get 503.
 */
export const connectionBudget = (settings: Settings): ConnectionBudget => {
  const background = backgroundProcesses(settings);
  const limits = Object.fromEntries(
    DATABASE_CONTEXTS.flatMap((context) =>
      DATABASE_LOGINS[context].map((login) => {
        const processes =
          login === 'background'
            ? background[context] * VERSIONS
            : settings.httpConnections * (login === 'authorizer' ? authorizersOf(settings) : 1);
        return [databaseRole(context, login), processes + SELF_TESTS] as const;
      }),
    ),
  );
  const sum = Object.values(limits).reduce((total, limit) => total + limit, 0);
  return {
    limits,
    total: sum + ADMINISTRATION + RESERVED_CONNECTIONS,
    available: DATABASE_INSTANCES[settings.databaseInstance].maxConnections,
  };
};

/** Number of functions that check access tokens: without a gateway check, every HTTP function does. */
const authorizersOf = ({ local }: Settings): number =>
  local?.accessCheck === 'function' ? HTTP_FUNCTIONS : 1;

/** Maximum number of concurrent background processes of each context. */
const backgroundProcesses = ({
  concurrency: { quick, process },
  maxWorkers,
}: Settings): Record<DatabaseContext, number> => {
  const quickQueue = quick + DEAD_LETTER_CONCURRENCY;
  return {
    // The rotation of keys.
    auth: 1,
    // The inbox, the object notifications, the sweep.
    upload: 2 * quickQueue + RUNS_OF_A_SCHEDULE,
    // The inbox, the dead letters of both inboxes, the sweep, the workers.
    process: process + 2 * DEAD_LETTER_CONCURRENCY + RUNS_OF_A_SCHEDULE + maxWorkers,
    // The inbox, the sweep.
    download: quickQueue + RUNS_OF_A_SCHEDULE,
  };
};

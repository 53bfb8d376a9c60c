import {
  DATABASE_CONTEXTS,
  DATABASE_LOGINS,
  type DatabaseContext,
  databaseRole,
} from '../../functions/contracts/database.ts';
import { DATABASE_INSTANCES, RESERVED_CONNECTIONS } from './database-instance.ts';
import { DEAD_LETTER_CONCURRENCY } from './lambda-limits.ts';
import type { StageConfig } from './stage.ts';

/** How many connections a stage's processes may have. Each process has a pool of one (functions/shared/database/pool.ts). */
export interface ConnectionBudget {
  /** `CONNECTION LIMIT` of each login role, by its name. */
  readonly limits: Readonly<Record<string, number>>;
  /** All limits, the migrations and what PostgreSQL and RDS keep for themselves. */
  readonly total: number;
  /** What the stage's instance takes. */
  readonly available: number;
}

type Settings = Pick<
  StageConfig,
  'concurrency' | 'maxWorkers' | 'httpConnections' | 'databaseInstance' | 'local'
>;

/** A schedule's invocation that failed is tried again while the next one runs. */
const RUNS_OF_A_SCHEDULE = 2;
/** The sandboxes of two versions hold connections at the same time. */
const VERSIONS = 2;
/** A deployment tests itself with one login as each role. */
const SELF_TESTS = 1;
/** Of auth, upload, download and the health check. */
const HTTP_FUNCTIONS = 4;
/** The migrations: one connection, and one more while the database itself is created. */
const ADMINISTRATION = 2;

/**
 * The limit of each login role, from what the stage lets run at a time.
 *
 * Background roles get twice what may run. After a deployment the sandboxes of the version before stay frozen, each with
 * its session, until the server ends that (`SERVER_IDLE_SESSION_SECONDS`), while as many of the new version start; ECS, too,
 * runs the old tasks beside the new ones. Lambda may also hold more sandboxes than it invokes at a time.
 *
 * Nothing bounds the sandboxes of HTTP functions in an account without reserved concurrency. Their roles get what the
 * stage allows them, and the next request is answered 503.
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

/** Kinds of functions that check access tokens: where there is no gateway to do it, every HTTP function does. */
const authorizersOf = ({ local }: Settings): number =>
  local?.accessCheck === 'function' ? HTTP_FUNCTIONS : 1;

/** How many of a context's background processes may run at a time. */
const backgroundProcesses = ({
  concurrency: { quick, process },
  maxWorkers,
}: Settings): Record<DatabaseContext, number> => {
  const quickQueue = quick + DEAD_LETTER_CONCURRENCY;
  return {
    // The rotation of keys.
    auth: 1,
    // The inbox, what S3 tells, the sweep.
    upload: 2 * quickQueue + RUNS_OF_A_SCHEDULE,
    // The inbox, the dead letters of both inboxes, the sweep, the workers.
    process: process + 2 * DEAD_LETTER_CONCURRENCY + RUNS_OF_A_SCHEDULE + maxWorkers,
    // The inbox, the sweep.
    download: quickQueue + RUNS_OF_A_SCHEDULE,
  };
};

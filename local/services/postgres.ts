import { execFile } from 'node:child_process';
import { chown, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { LOOPBACK } from '../constants.ts';
import { DevStackError, hasErrorCode, messageOf } from '../errors.ts';
import { commandLineOf, processIdentity } from '../processes/identity.ts';
import { ManagedProcess } from '../processes/managed-process.ts';
import { signalGroup } from '../processes/signal.ts';
import { waitFor } from '../waiting.ts';
import { type Account, createDirectoryOf, launchAs, postgresAccount } from './postgres-account.ts';
import { locatePrograms, type Programs } from './postgres-programs.ts';
import type { ServiceContext } from './service.ts';

const run = promisify(execFile);

/** Every sandbox keeps connections of its own. */
const MAX_CONNECTIONS = 500;
/** PostgreSQL's code for a wrong password. */
const INVALID_PASSWORD = '28P01';
export const ADMIN_USER = 'postgres';

/** How to reach the server as its administrator. */
export interface PostgresAccess {
  readonly host: string;
  readonly port: number;
  readonly adminUser: string;
  readonly adminPassword: string;
}

export interface PostgresService {
  readonly access: PostgresAccess;
  readonly process: ManagedProcess;
}

/**
 * Starts a real PostgreSQL on the given port of 127.0.0.1; its data outlives restarts.
 * @throws DevStackError POSTGRES_FAILED, SERVICE_FAILED
 */
export const startPostgres = async (context: ServiceContext, port: number): Promise<PostgresService> => {
  const account = await postgresAccount();
  const programs = await locatePrograms();
  const directory = context.state.postgres;
  const adminPassword = context.secrets.get('postgres-admin-password');
  if ((await readIfThere(join(directory, 'PG_VERSION'))) === undefined) {
    await initialise(programs, directory, account, adminPassword);
  } else {
    await clearStalePid(directory);
  }
  const access = { host: LOOPBACK, port, adminUser: ADMIN_USER, adminPassword };
  const settings = {
    listen_addresses: LOOPBACK,
    unix_socket_directories: '',
    max_connections: String(MAX_CONNECTIONS),
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  const launch = await launchAs(
    account,
    programs.postgres,
    [
      ...['-D', directory, '-p', String(port)],
      ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
    [programs.postgres, directory],
  );
  const server = new ManagedProcess(
    {
      ...launch,
      name: 'postgres',
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      cwd: '/',
      logFile: join(context.state.logs, 'postgres.log'),
      // SIGINT is its fast shutdown: open connections are ended, not waited for.
      stopSignal: 'SIGINT',
      stopTimeoutMilliseconds: 10_000,
      isReady: () => answers(access),
    },
    context,
  );
  await startPatiently(server);
  return { access, process: server };
};

const readIfThere = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
};

const initialise = async (
  programs: Programs,
  directory: string,
  account: Account | undefined,
  password: string,
): Promise<void> => {
  // Elsewhere first: what a start cut short left behind is never taken for a database.
  const draft = `${directory}.new`;
  const passwordFile = `${directory}.password`;
  for (const path of [draft, passwordFile, directory]) await rm(path, { recursive: true, force: true });
  await createDirectoryOf(account, draft);
  const { command, args, user } = await launchAs(
    account,
    programs.initdb,
    [
      ...[`--pgdata=${draft}`, `--username=${ADMIN_USER}`, `--pwfile=${passwordFile}`],
      ...['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync', '--no-instructions'],
    ],
    [programs.initdb, draft],
  );
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account !== undefined) await chown(passwordFile, account.uid, account.gid);
  try {
    await run(command, args, { ...user, cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C' } });
    await rename(draft, directory);
  } catch (error) {
    throw new DevStackError(
      'POSTGRES_FAILED',
      `PostgreSQL could not set up ${directory}: ${messageOf(error)}`,
      { cause: error },
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
};

/**
 * After a hard kill `postmaster.pid` remains. PostgreSQL believes it when any process has that pid by now, so it
 * goes, after a server that really still runs on this directory has been ended.
 */
const clearStalePid = async (directory: string): Promise<void> => {
  const file = join(directory, 'postmaster.pid');
  const pid = Number((await readIfThere(file))?.split('\n')[0]);
  if (Number.isInteger(pid) && pid > 0 && commandLineOf(pid).includes(directory)) {
    const identity = processIdentity(pid);
    const gone = () => (processIdentity(pid) === identity ? undefined : true);
    signalGroup(pid, 'SIGINT');
    await waitFor('the end of the old PostgreSQL', gone, 5_000).catch(() => signalGroup(pid, 'SIGKILL'));
    await waitFor('the end of the old PostgreSQL', gone, 5_000);
  }
  await rm(file, { force: true });
};

const answers = async (access: PostgresAccess): Promise<boolean> => {
  const client = new pg.Client({
    host: access.host,
    port: access.port,
    user: access.adminUser,
    password: access.adminPassword,
    database: 'postgres',
    connectionTimeoutMillis: 2_000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch (error) {
    if (!hasErrorCode(error, INVALID_PASSWORD)) throw error;
    throw new DevStackError(
      'POSTGRES_FAILED',
      'The database was made with another password than secrets.json now has; start empty: npm start -- --fresh',
    );
  } finally {
    await client.end().catch(() => {});
  }
};

/** A server killed hard leaves backends that hold its shared memory for a moment more. */
const startPatiently = async (server: ManagedProcess): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await server.start();
      return;
    } catch (error) {
      const hopeless = error instanceof DevStackError && error.code !== 'SERVICE_FAILED';
      if (hopeless || attempt === 5) throw error;
      await sleep(1_000);
    }
  }
};

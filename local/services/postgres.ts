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

/** Every sandbox has its own connections. */
const MAX_CONNECTIONS = 500;
/** PostgreSQL's error code for a wrong password. */
const INVALID_PASSWORD = '28P01';
export const ADMIN_USER = 'postgres';

/** Address and credentials of the server's administrator. */
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
 * Starts a PostgreSQL server on the given port of 127.0.0.1. Its data survives restarts.
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
      // SIGINT is PostgreSQL's fast shutdown: it closes open connections instead of waiting for them.
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
  // Created under another name first, so that an interrupted start never leaves a directory that looks like a database.
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
 * Removes `postmaster.pid`, which remains after SIGKILL: PostgreSQL does not start if any process now has that pid. A
 * server that still runs on this directory is ended first.
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
      'The database was created with another password than the one in secrets.json; start with an empty state: npm start -- --fresh',
    );
  } finally {
    await client.end().catch(() => {});
  }
};

/** Retries the start: after SIGKILL, backends of the old server hold its shared memory for a moment. */
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

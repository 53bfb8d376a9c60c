import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, chown, cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DevStackError } from '../errors.ts';
import type { StateDirectory } from '../state/directory.ts';

const run = promisify(execFile);

/** Data and programs go below here where PostgreSQL's user cannot reach the project's own directory. */
const SYSTEM_DIRECTORY = '/var/lib/frame-flow';

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const idOf = async (): Promise<Account | undefined> => {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
};

/**
 * PostgreSQL refuses to run as root: then the system user `postgres`, created where it is missing.
 * Undefined when we are not root and it may simply run as us.
 * @throws {DevStackError} POSTGRES_FAILED when there is no such user and none can be made
 */
export const postgresAccount = async (): Promise<Account | undefined> => {
  if (process.getuid?.() !== 0) return undefined;
  const known = await idOf();
  if (known !== undefined) return known;
  const attempts: [string, string[]][] = [
    ['useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']],
    ['adduser', ['-S', '-D', '-H', 'postgres']],
  ];
  for (const [command, args] of attempts) {
    await run(command, args).catch(() => undefined);
    const created = await idOf();
    if (created !== undefined) return created;
  }
  throw new DevStackError(
    'POSTGRES_FAILED',
    'PostgreSQL does not run as root and the user "postgres" could not be created; create it, or start as another user.',
  );
};

/** Whether the account may walk down to this directory: execute permission on everything above and on it. */
const canReach = async (account: Account, directory: string): Promise<boolean> => {
  for (let path = directory; ; path = dirname(path)) {
    const { uid, gid, mode } = await stat(path);
    const mask = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & mask) === 0) return false;
    if (dirname(path) === path) return true;
  }
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Where the data directory of an earlier start is, if it had to live elsewhere. */
export const relocatedPostgres = async (state: StateDirectory): Promise<string | undefined> => {
  try {
    const text = await readFile(state.postgresLocationFile, 'utf8');
    return text.split('\n')[0]?.trim();
  } catch {
    return undefined;
  }
};

/** Removes data that lives outside the state directory; for `--fresh`. */
export const removeRelocatedPostgres = async (state: StateDirectory): Promise<void> => {
  const directory = await relocatedPostgres(state);
  // Never more than what this code itself could have put there.
  if (directory?.startsWith(`${SYSTEM_DIRECTORY}/`)) await rm(directory, { recursive: true, force: true });
};

/**
 * A directory for the data that the account can reach: the state directory, or, when that is somewhere private
 * (a clone below /root), one of its own below /var/lib with a note of it in the state directory.
 */
export const dataDirectoryFor = async (
  state: StateDirectory,
  account: Account | undefined,
): Promise<string> => {
  if (account === undefined) return state.postgres;
  const noted = await relocatedPostgres(state);
  if (noted !== undefined && (await exists(join(noted, 'PG_VERSION')))) return noted;
  if (await canReach(account, state.root)) return state.postgres;
  const name = createHash('sha256').update(state.root).digest('hex').slice(0, 16);
  const directory = join(SYSTEM_DIRECTORY, `postgres-${name}`);
  await mkdir(SYSTEM_DIRECTORY, { recursive: true, mode: 0o755 });
  // Without a note it belongs to a state that has been deleted, and nobody knows its password any more.
  await rm(directory, { recursive: true, force: true });
  await writeFile(
    state.postgresLocationFile,
    `${directory}\nPostgreSQL's data is there, because its user cannot reach ${state.root}.\n`,
  );
  return directory;
};

/** Creates the data directory, owned by the account, readable by nobody else. */
export const createDataDirectory = async (directory: string, account: Account | undefined): Promise<void> => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (account !== undefined) await chown(directory, account.uid, account.gid);
};

/**
 * A directory of programs that the account can run: the one given, or a copy below /var/lib.
 * @param native `native` of the platform's package, with `bin`, `lib` and `share`
 */
export const programsFor = async (
  native: string,
  version: string,
  account: Account | undefined,
): Promise<string> => {
  if (account === undefined || (await canReach(account, join(native, 'bin')))) return native;
  const copy = join(SYSTEM_DIRECTORY, `programs-${version}`);
  if (!(await exists(join(copy, '.complete')))) {
    await mkdir(SYSTEM_DIRECTORY, { recursive: true, mode: 0o755 });
    await cp(native, copy, { recursive: true, verbatimSymlinks: true, force: true });
    await writeFile(join(copy, '.complete'), '');
  }
  return copy;
};

import { execFile } from 'node:child_process';
import { chown, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { DevStackError } from '../errors.ts';

const run = promisify(execFile);

/** Users that PostgreSQL can run as, in the order of preference. None of them is created. */
const ACCOUNT_NAMES = ['postgres', 'nobody'];

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** A command that runs a program as an account. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly user?: { readonly uid: number; readonly gid: number };
}

/**
 * PostgreSQL refuses to run as root. For root, this finds an unprivileged user that the system already has. Undefined
 * if this process does not run as root: PostgreSQL then runs as the same user.
 * @throws DevStackError POSTGRES_FAILED if the system has no such user
 */
export const postgresAccount = async (): Promise<Account | undefined> => {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ACCOUNT_NAMES) {
    const account = await findAccount(name);
    if (account !== undefined) return account;
  }
  throw new DevStackError(
    'POSTGRES_FAILED',
    `PostgreSQL does not run as root, and there is no user ${ACCOUNT_NAMES.join(' or ')}; start as another user.`,
  );
};

const findAccount = async (name: string): Promise<Account | undefined> => {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
};

/**
 * The command that starts a program as the account. If the account cannot enter a folder above the paths (for example a
 * clone below /root), `setpriv` keeps one right of root for the program: to ignore file permissions (CAP_DAC_OVERRIDE
 * in capabilities(7)).
 * @param paths the files and folders that the program uses
 * @throws DevStackError POSTGRES_FAILED if it cannot reach them
 */
export const launchAs = async (
  account: Account | undefined,
  command: string,
  args: readonly string[],
  paths: readonly string[],
): Promise<Launch> => {
  if (account === undefined) return { command, args };
  const closed = await firstClosed(account, paths);
  if (closed === undefined) return { command, args, user: { uid: account.uid, gid: account.gid } };
  const privileges = [
    ...[`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'],
    ...['--inh-caps=-all,+dac_override', '--ambient-caps=-all,+dac_override'],
    // Without this bit, access(2), which initdb calls, ignores that right.
    '--securebits=+no_setuid_fixup',
  ];
  await run('setpriv', [...privileges, command, '--version']).catch((error: unknown) => {
    throw new DevStackError(
      'POSTGRES_FAILED',
      `PostgreSQL does not run as root, and the user ${account.name} cannot enter ${closed}; ` +
        'move the project elsewhere, or start as another user.',
      { cause: error },
    );
  });
  return { command: 'setpriv', args: [...privileges, command, ...args] };
};

/** The first directory above one of the paths that the account cannot enter. */
const firstClosed = async (account: Account, paths: readonly string[]): Promise<string | undefined> => {
  for (const path of paths) {
    for (let directory = path; ; directory = dirname(directory)) {
      const { uid, gid, mode } = await stat(directory);
      const mask = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
      if ((mode & mask) === 0) return directory;
      if (dirname(directory) === directory) break;
    }
  }
  return undefined;
};

/** Creates a directory that belongs to the account and that no other user can read. */
export const createDirectoryOf = async (account: Account | undefined, directory: string): Promise<void> => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (account !== undefined) await chown(directory, account.uid, account.gid);
};

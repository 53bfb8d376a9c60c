import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { launchAs, postgresAccount } from '../../../../local/services/postgres-account.ts';

/** A user that owns none of the files. */
const ACCOUNT = { name: 'nobody', uid: 65_534, gid: 65_534 };
/**
 * Script that answers `id -u NAME` and `id -g NAME` as a system with the unprivileged account and without `postgres`.
 */
const ID_OF_UNPRIVILEGED =
  '#!/bin/sh\n[ "$2" = nobody ] || exit 1\n[ "$1" = -u ] && echo 65534 || echo 65533\n';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'frame-flow-account-'));
  chmodSync(directory, 0o755);
  mkdirSync(join(directory, 'bin'));
  vi.stubEnv('PATH', join(directory, 'bin'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true, force: true });
});

const addProgram = (name: string, script: string): void => {
  const path = join(directory, 'bin', name);
  writeFileSync(path, script);
  chmodSync(path, 0o755);
};

const addFolder = (name: string, mode: number): string => {
  const path = join(directory, name);
  mkdirSync(path);
  chmodSync(path, mode);
  return path;
};

describe('The account that PostgreSQL runs as', () => {
  it('is the current user unless that is root', async () => {
    vi.spyOn(process, 'getuid').mockReturnValue(1000);
    expect(await postgresAccount()).toBeUndefined();
  });

  it('is an existing unprivileged user for root', async () => {
    vi.spyOn(process, 'getuid').mockReturnValue(0);
    addProgram('id', ID_OF_UNPRIVILEGED);
    expect(await postgresAccount()).toEqual({ name: 'nobody', uid: 65_534, gid: 65_533 });
  });

  it('is missing on a system without such a user, and no user is created', async () => {
    vi.spyOn(process, 'getuid').mockReturnValue(0);
    addProgram('id', '#!/bin/sh\nexit 1\n');
    addProgram('useradd', `#!/bin/sh\n: > ${directory}/created\n`);
    await expect(postgresAccount()).rejects.toMatchObject({
      code: 'POSTGRES_FAILED',
      message: expect.stringContaining('there is no user postgres or nobody; start as another user'),
    });
    expect(readdirSync(directory)).toEqual(['bin']);
  });
});

describe('A program of PostgreSQL', () => {
  it('starts unchanged unless the current user is root', async () => {
    const closed = addFolder('closed', 0o700);
    expect(await launchAs(undefined, 'postgres', ['-D', closed], [closed])).toEqual({
      command: 'postgres',
      args: ['-D', closed],
    });
  });

  it('starts as the account when the account can enter every folder', async () => {
    expect(await launchAs(ACCOUNT, 'postgres', ['-D', 'data'], ['/'])).toEqual({
      command: 'postgres',
      args: ['-D', 'data'],
      user: { uid: ACCOUNT.uid, gid: ACCOUNT.gid },
    });
  });

  it('starts with a capability to enter a folder that is closed to the account', async () => {
    const closed = addFolder('closed', 0o700);
    addProgram('setpriv', '#!/bin/sh\n');
    const launch = await launchAs(ACCOUNT, 'postgres', ['-D', 'data'], ['/', closed]);
    expect(launch.command).toBe('setpriv');
    expect(launch.user).toBeUndefined();
    expect(launch.args).toEqual(
      expect.arrayContaining(['--reuid=65534', '--ambient-caps=-all,+dac_override']),
    );
    expect(launch.args.slice(-3)).toEqual(['postgres', '-D', 'data']);
  });

  it.each([
    ['setpriv is missing', undefined],
    ['the capability cannot be kept', '#!/bin/sh\nexit 1\n'],
  ])('is refused with the name of the closed folder when %s', async (_case, setpriv) => {
    const closed = addFolder('closed', 0o700);
    if (setpriv !== undefined) addProgram('setpriv', setpriv);
    await expect(launchAs(ACCOUNT, 'postgres', [], [closed])).rejects.toMatchObject({
      code: 'POSTGRES_FAILED',
      message: expect.stringContaining(`the user nobody cannot enter ${closed}; move the project elsewhere`),
    });
  });
});

import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { DevStackError, hasErrorCode, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { libraryPathOf, unpackPackage } from './debian-packages.ts';

const run = promisify(execFile);

/** Names of the program and of the distribution's package, in the order of preference. */
const SERVER_NAMES = ['redis-server', 'valkey-server'];

const WORKSPACE_PREFIX = 'unpacking-';
/** A workspace older than this belongs to a killed start: no download takes this long. */
const ABANDONED_AFTER_MILLISECONDS = 60 * 60 * 1000;

/** The command that installs a server, per package manager. The dev stack prints it and never runs it. */
const ADVICE: readonly { readonly program: string; readonly command: string }[] = [
  { program: 'apt-get', command: 'sudo apt-get install redis-server' },
  { program: 'apk', command: 'sudo apk add redis' },
  { program: 'dnf', command: 'sudo dnf install valkey' },
  { program: 'brew', command: 'brew install redis' },
];

export interface RedisServer {
  readonly program: string;
  /** Environment variables that the program needs. */
  readonly env: { readonly LD_LIBRARY_PATH?: string };
}

export interface RedisServerSearch {
  /** Contains the PATH on which programs are looked up. */
  readonly env: NodeJS.ProcessEnv;
  /** The project's own cache, where an unpacked server stays for the next start. */
  readonly cacheDirectory: string;
  readonly log: Log;
  /** Receives the output of the programs that unpack a server. */
  record(text: string): void;
}

/**
 * Provides a Redis or Valkey server: the one on PATH, otherwise the distribution's package, unpacked into the project's
 * cache. The system does not change.
 * @throws DevStackError REDIS_MISSING, with the command that installs a server
 */
export const provideRedisServer = async (search: RedisServerSearch): Promise<RedisServer> => {
  const { env, cacheDirectory, log } = search;
  const [program] = SERVER_NAMES.flatMap((name) => onPath(env, name));
  if (program !== undefined) return { program, env: {} };

  const cached = join(cacheDirectory, `redis-${await distribution()}`);
  const earlier = await workingServerIn(cached);
  if (earlier !== undefined) return earlier;

  const missing = ['apt-get', 'apt-cache', 'dpkg-deb'].filter((each) => onPath(env, each).length === 0);
  if (missing.length > 0) throw redisMissing(env, 'this machine has no apt-get to download one with');
  log.info('Downloading a Redis server into the cache of this project …');
  try {
    await unpackInto(cached, search);
  } catch (error) {
    throw redisMissing(env, messageOf(error), error);
  }
  const server = await workingServerIn(cached);
  if (server !== undefined) return server;
  await rm(cached, { recursive: true, force: true });
  throw redisMissing(env, "the distribution's package does not run here");
};

const onPath = (env: NodeJS.ProcessEnv, name: string): string[] =>
  (env.PATH ?? '')
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, name))
    .filter(isExecutable);

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Containers of several distributions may share one project. */
const distribution = async (): Promise<string> => {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const fieldOf = (name: string) => new RegExp(`^${name}="?([\\w.-]+)`, 'm').exec(text)?.[1] ?? 'unknown';
  return `${fieldOf('ID')}-${fieldOf('VERSION_ID')}-${process.arch}`;
};

const workingServerIn = async (root: string): Promise<RedisServer | undefined> => {
  const directory = join(root, 'usr', 'bin');
  const [program] = SERVER_NAMES.map((name) => join(directory, name)).filter(isExecutable);
  if (program === undefined) return undefined;
  const env = { LD_LIBRARY_PATH: await libraryPathOf(root) };
  try {
    await run(program, ['--version'], { env });
    return { program, env };
  } catch {
    return undefined;
  }
};

/**
 * Unpacks into a workspace and then renames it, so that an interrupted download never looks like a server and two
 * concurrent starts do not collide.
 */
const unpackInto = async (
  cached: string,
  { env, cacheDirectory, record }: RedisServerSearch,
): Promise<void> => {
  await mkdir(cacheDirectory, { recursive: true });
  await removeAbandoned(cacheDirectory);
  const workspace = await mkdtemp(join(cacheDirectory, WORKSPACE_PREFIX));
  try {
    // As root, apt downloads as its own user, which must be able to enter the workspace.
    await chmod(workspace, 0o755);
    const root = await unpackPackage(SERVER_NAMES, { workspace, env, record });
    await rename(root, cached).catch(async (error: unknown) => {
      if (!hasErrorCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
      // Another start was faster. Its server is replaced only if it does not run.
      if ((await workingServerIn(cached)) !== undefined) return;
      await rename(cached, join(workspace, 'broken'));
      await rename(root, cached);
    });
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
};

/** Removes the workspaces of starts that were killed while they unpacked. */
const removeAbandoned = async (cacheDirectory: string): Promise<void> => {
  for (const entry of await readdir(cacheDirectory)) {
    if (!entry.startsWith(WORKSPACE_PREFIX)) continue;
    const workspace = join(cacheDirectory, entry);
    const { mtimeMs } = await stat(workspace).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > ABANDONED_AFTER_MILLISECONDS)
      await rm(workspace, { recursive: true, force: true });
  }
};

const redisMissing = (env: NodeJS.ProcessEnv, reason: string, cause?: unknown): DevStackError => {
  const command = ADVICE.find(({ program }) => onPath(env, program).length > 0)?.command;
  const how = command === undefined ? 'install Redis or Valkey' : `run: ${command}`;
  return new DevStackError(
    'REDIS_MISSING',
    `Frame Flow needs a Redis server and found none (${reason}). Please ${how}, or set REDIS_URL to a running server.`,
    { cause },
  );
};

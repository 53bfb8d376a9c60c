import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { DevStackError } from '../errors.ts';
import type { Log } from '../log.ts';

const SERVER_NAMES = ['redis-server', 'valkey-server'];
/** Where package managers put servers that a user's PATH may not name. */
const MORE_DIRECTORIES = ['/usr/local/bin', '/opt/homebrew/bin', '/usr/bin', '/usr/sbin'];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const onPath = (name: string): string | undefined =>
  [...(process.env.PATH ?? '').split(delimiter), ...MORE_DIRECTORIES]
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, name))
    .find(isExecutable);

/** The server's path, if the machine has one. */
export const findRedisServer = (): string | undefined =>
  SERVER_NAMES.map(onPath).find((path) => path !== undefined);

/**
 * Debian's package starts its service and enables it: a policy forbids the start for as long as we install, and
 * where systemd runs it is disabled again. A policy that the machine already has stays as it is.
 */
const APT_SCRIPT = `
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\\nexit 101\\n' > "$policy" && chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi
apt-get update -q || true
apt-get -o DPkg::Lock::Timeout=180 install -y -q --no-install-recommends redis-server || exit 1
if [ -d /run/systemd/system ]; then systemctl disable --now redis-server || true; fi
`;

interface Installer {
  /** The program that tells whether this is the machine's package manager. */
  readonly program: string;
  readonly script: string;
  readonly needsRoot: boolean;
  /** What the user would type. */
  readonly advice: string;
}

const INSTALLERS: readonly Installer[] = [
  { program: 'apt-get', script: APT_SCRIPT, needsRoot: true, advice: 'sudo apt-get install redis-server' },
  {
    program: 'apk',
    script: 'apk add --no-cache redis || apk add --no-cache valkey',
    needsRoot: true,
    advice: 'sudo apk add redis',
  },
  {
    program: 'dnf',
    script: 'dnf install -y valkey || dnf install -y redis',
    needsRoot: true,
    advice: 'sudo dnf install valkey',
  },
  { program: 'brew', script: 'brew install redis', needsRoot: false, advice: 'brew install redis' },
];

const runShell = (command: string, args: readonly string[], log: (chunk: string) => void): Promise<number> =>
  new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', log);
    }
    child.once('error', () => resolve(127));
    child.once('close', (code) => resolve(code ?? 1));
  });

const isRoot = (): boolean => process.getuid?.() === 0;

const advise = (reason: string): DevStackError => {
  const advice = INSTALLERS.find(({ program }) => onPath(program) !== undefined)?.advice;
  const how = advice === undefined ? 'install Redis or Valkey' : `run: ${advice}`;
  return new DevStackError(
    'REDIS_MISSING',
    `Frame Flow needs a Redis server and found none (${reason}). Please ${how} — or set REDIS_URL to one that runs.`,
  );
};

/**
 * Installs a Redis server with the machine's package manager, where this needs nobody's answer.
 * @returns the server's path
 * @throws {DevStackError} REDIS_MISSING, saying what to type
 */
export const installRedisServer = async (log: Log, record: (chunk: string) => void): Promise<string> => {
  const installer = INSTALLERS.find(({ program }) => onPath(program) !== undefined);
  if (installer === undefined) throw advise('and no package manager that it knows');
  const sudo = installer.needsRoot && !isRoot();
  if (sudo && onPath('sudo') === undefined) throw advise('and installing one needs root');
  log.info(`Installing a Redis server (${installer.program}) …`);
  const shell = ['sh', '-c', installer.script];
  // -n: never ask for a password; better the clear sentence below than a prompt nobody sees.
  const [command, ...args] = sudo ? ['sudo', '-n', ...shell] : shell;
  if (command === undefined) throw new Error('unreachable');
  const code = await runShell(command, args, record);
  const found = findRedisServer();
  if (found !== undefined && existsSync(found)) return found;
  throw advise(`and ${installer.program} ended with ${code}`);
};

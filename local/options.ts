import { resolve } from 'node:path';
import { DevStackError } from './errors.ts';

/** Options from the command line and the environment. */
export interface CommandLine {
  readonly port: number;
  readonly storagePort: number;
  readonly fresh: boolean;
  /** Whether functions are frozen between invocations. */
  readonly freeze: boolean;
  readonly stateDir: string;
  readonly redisUrl: string | undefined;
  readonly help: boolean;
}

const DEFAULT_PORT = 3000;
const MAX_PORT = 65_535;

export const USAGE = `Usage: npm start [-- OPTION …]

Runs all of Frame Flow on this machine.

  --fresh        remove everything that earlier runs have stored
  --no-freeze    let functions run between invocations; by default they are frozen, as on Lambda
  --help         this text

  PORT           port of the API (${DEFAULT_PORT})
  STORAGE_PORT   port for uploads and downloads (PORT + 1)
  REDIS_URL      a running Redis server to use instead of a new one
  STATE_DIR      directory of all state (.local)`;

/**
 * @param projectDirectory the base of a relative STATE_DIR
 * @throws DevStackError INVALID_OPTION
 */
export const readCommandLine = (
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  projectDirectory: string,
): CommandLine => {
  const unknown = args.find((arg) => !['--fresh', '--no-freeze', '--help', '-h'].includes(arg));
  if (unknown !== undefined) {
    throw new DevStackError('INVALID_OPTION', `Unknown option ${unknown}.\n\n${USAGE}`);
  }
  const port = readPort('PORT', env.PORT, DEFAULT_PORT);
  const storagePort = readPort('STORAGE_PORT', env.STORAGE_PORT, port < MAX_PORT ? port + 1 : port - 1);
  if (port === storagePort) {
    throw new DevStackError('INVALID_OPTION', `PORT and STORAGE_PORT are both ${port}; they must differ`);
  }
  return {
    port,
    storagePort,
    fresh: args.includes('--fresh'),
    freeze: !args.includes('--no-freeze'),
    stateDir: resolve(projectDirectory, env.STATE_DIR || '.local'),
    redisUrl: env.REDIS_URL || undefined,
    help: args.includes('--help') || args.includes('-h'),
  };
};

const readPort = (name: string, text: string | undefined, fallback: number): number => {
  if (text === undefined || text === '') return fallback;
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 1 && port <= MAX_PORT) return port;
  throw new DevStackError(
    'INVALID_OPTION',
    `${name}=${text} is not a port; a port is a number from 1 to ${MAX_PORT}`,
  );
};

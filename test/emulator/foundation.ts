import { mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BUILD_DIRECTORY, REPOSITORY_ROOT } from '../../lib/paths.ts';
import { silentLog } from '../../local/log.ts';
import { freePorts } from '../../local/ports.ts';
import { ProcessLedger } from '../../local/processes/ledger.ts';
import type { ProcessServices } from '../../local/processes/managed-process.ts';
import { startWarden } from '../../local/processes/start-warden.ts';
import { type PostgresAccess, startPostgres } from '../../local/services/postgres.ts';
import { startRedis } from '../../local/services/redis.ts';
import { createStateDirectory, stateDirectoryAt, wipeState } from '../../local/state/directory.ts';
import { takeLock } from '../../local/state/lock.ts';
import { LocalSecrets } from '../../local/state/secrets.ts';
import { type MiniStack, startMiniStack } from './ministack.ts';

/** The folder for a run's certificates, logs and data. It stays until the next run, for the analysis of failures. */
const EMULATOR_DIRECTORY = join(BUILD_DIRECTORY, 'emulator');

/** The servers under a deployment of stage local: MiniStack, PostgreSQL and Redis. */
export interface Foundation {
  readonly directory: string;
  readonly logs: string;
  readonly processes: ProcessServices;
  readonly miniStack: MiniStack;
  readonly database: PostgresAccess;
  readonly redisUrl: string;
  /** The context `local` of the CDK app (lib/config/local-services.ts) with the addresses of these services. */
  readonly localContext: Readonly<Record<string, unknown>>;
  /** Adds a step to {@link stop}, which runs the steps in reverse order. */
  undo(step: () => Promise<void>): void;
  /** Stops everything; never rejects. */
  stop(): Promise<void>;
}

/** The function extracts videos up to this size, the worker larger ones. A test covers both. */
const FUNCTION_SOURCE_BYTES = 1024 * 1024;

/**
 * Starts the three servers without data. The warden ends them if this process ends in any way.
 * @throws EmulatorError | DevStackError after it has stopped everything
 */
export const layFoundation = async (): Promise<Foundation> => {
  const state = stateDirectoryAt(EMULATOR_DIRECTORY);
  const steps: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) await step().catch(() => {});
  };
  try {
    await mkdir(state.root, { recursive: true, mode: 0o711 });
    const lock = takeLock(state.lockFile, EMULATOR_DIRECTORY);
    steps.push(async () => lock.release());
    const ledger = new ProcessLedger(state.ledgerFile);
    await ledger.endLeftovers();
    await wipeState(state);
    const directory = join(state.root, 'ministack');
    await rm(directory, { recursive: true, force: true });
    await createStateDirectory(state);
    await mkdir(directory, { mode: 0o700 });
    ledger.clear();
    const warden = startWarden(state.ledgerFile);
    steps.push(() => warden.dismiss());
    const processes = { ledger, log: silentLog };
    const context = { ...processes, state, secrets: new LocalSecrets(state.secretsFile) };
    const [databasePort = 0, redisPort = 0] = await freePorts(2);
    const starting = await Promise.allSettled([
      startPostgres(context, databasePort),
      startRedis(context, redisPort, undefined),
      startMiniStack({ ...processes, directory }),
    ]);
    const [postgres, redis, miniStack] = starting;
    if (postgres.status === 'fulfilled') steps.push(() => postgres.value.process.stop());
    if (redis.status === 'fulfilled') steps.push(async () => redis.value.process?.stop());
    if (miniStack.status === 'fulfilled') steps.push(() => miniStack.value.stop());
    if (postgres.status === 'rejected') throw postgres.reason;
    if (redis.status === 'rejected') throw redis.reason;
    if (miniStack.status === 'rejected') throw miniStack.reason;
    const { access } = postgres.value;
    return {
      directory: state.root,
      logs: state.logs,
      processes,
      miniStack: miniStack.value,
      database: access,
      redisUrl: redis.value.url,
      localContext: {
        databaseHost: access.host,
        databasePort: access.port,
        databaseAdminUser: access.adminUser,
        databaseAdminPassword: access.adminPassword,
        redisUrl: redis.value.url,
        ffmpegPath: ffmpegPath(),
        libavPath: join(REPOSITORY_ROOT, 'node_modules'),
        publicStorageUrl: miniStack.value.endpoint,
        lambdaLimits: { sourceBytes: FUNCTION_SOURCE_BYTES },
      },
      undo: (step) => steps.push(step),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

const ffmpegPath = (): string => {
  const { path }: { path: string } = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg');
  return path;
};

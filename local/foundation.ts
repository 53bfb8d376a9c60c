import { mkdir } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { ACCESS_KEY_ID, LOCAL_MINUTE_RATE_MILLISECONDS, LOOPBACK } from './constants.ts';
import type { BusEvent } from './events/event-bus.ts';
import { type AwsEndpoints, awsEnvironment } from './lambda/environment.ts';
import { consoleLog, type Log } from './log.ts';
import { ProcessLedger } from './processes/ledger.ts';
import type { ManagedProcess } from './processes/managed-process.ts';
import { startWarden } from './processes/start-warden.ts';
import type { PostgresAccess } from './services/postgres.ts';
import { chooseServicePorts, startServices } from './services/start-services.ts';
import { createStateDirectory, type StateDirectory, stateDirectoryAt, wipeState } from './state/directory.ts';
import { takeLock } from './state/lock.ts';
import { LocalSecrets } from './state/secrets.ts';
import { createStorageFront } from './storage-front/front.ts';
import { openSwitchboard } from './switchboard.ts';
import { readAssembly } from './template/assembly.ts';
import type { BucketModel, StackModel } from './template/model.ts';
import { readModel } from './template/read-model.ts';
import { synthesize } from './template/synth.ts';

export interface DevStackOptions {
  /** The API's port; 0 for any free port. @default 3000 */
  readonly port?: number;
  /** The S3 endpoint's port; 0 for any free port. @default port + 1, or 0 if `port` is 0 */
  readonly storagePort?: number;
  /** Removes the stored state before the start. @default false */
  readonly fresh?: boolean;
  /** @default .local of the project */
  readonly stateDir?: string;
  /** A running Redis server to use instead of a new one. */
  readonly redisUrl?: string | undefined;
  /** Whether schedules run. @default true */
  readonly schedules?: boolean;
  /** The length of `rate(1 minute)`, in milliseconds. @default 5000 */
  readonly minuteRateMilliseconds?: number;
  /**
   * Maximum number of concurrent sandboxes per function, by its name as in `lambda(name)`. It replaces the template's
   * value.
   */
  readonly reservedConcurrency?: Readonly<Record<string, number>>;
  /** Seconds by which a machine's clock is ahead, by the name of its function (as in `lambda(name)`) or container. */
  readonly clockOffsetSeconds?: Readonly<Record<string, number>>;
  /** Whether functions are frozen between invocations, as on Lambda. @default true */
  readonly freeze?: boolean;
  /**
   * Replaces single values of the stage's timing (lib/config/timing.ts), in seconds. Tests use it to detect faults
   * sooner.
   */
  readonly timing?: Readonly<Record<string, number>>;
  /** Replaces single limits of a video that the Lambda may process (lib/config/lambda-limits.ts). */
  readonly lambdaLimits?: Readonly<Record<string, number>>;
  /** The CDK app. @default bin/frame-flow.ts of the project */
  readonly appEntry?: string;
  /** The directory of package.json and cdk.json. @default the repository */
  readonly projectDirectory?: string;
  /** @default the console */
  readonly log?: Log;
}

const DEFAULT_PORT = 3000;

/** The base of a stack: its state, ports and services, and the steps that undo them. */
export interface Foundation {
  readonly options: {
    readonly schedules: boolean;
    readonly minuteRateMilliseconds: number;
    readonly reservedConcurrency: Readonly<Record<string, number>>;
    readonly clockOffsetSeconds: Readonly<Record<string, number>>;
    readonly freeze: boolean;
  };
  readonly projectDirectory: string;
  readonly state: StateDirectory;
  readonly ledger: ProcessLedger;
  readonly log: Log;
  readonly url: string;
  readonly storageUrl: string;
  readonly storePort: number;
  readonly redisUrl: string;
  readonly database: PostgresAccess;
  readonly endpoints: AwsEndpoints;
  readonly awsEnvironment: Readonly<Record<string, string>>;
  readonly services: readonly ManagedProcess[];
  readTemplate(): Promise<StackModel>;
  openStorage(buckets: readonly BucketModel[], publish: (event: BusEvent) => Promise<void>): void;
  openDoor(listener: RequestListener): void;
  closeDoor(): Promise<void>;
  /** The function that undoes each step, in the order of the steps. */
  readonly undo: (() => Promise<void>)[];
  /** Undoes all steps, the last one first. Never rejects. */
  undoAll(): Promise<void>;
}

/**
 * Takes the lock and the ports and ends the processes that a crashed stack left behind. Then it starts the services and
 * synthesizes the app concurrently.
 * @throws DevStackError after which nothing runs
 */
export const layFoundation = async (options: DevStackOptions): Promise<Foundation> => {
  const log = options.log ?? consoleLog;
  const projectDirectory = resolve(options.projectDirectory ?? join(import.meta.dirname, '..'));
  const state = stateDirectoryAt(options.stateDir ?? join(projectDirectory, '.local'));
  const port = options.port ?? DEFAULT_PORT;
  const undo: (() => Promise<void>)[] = [];
  const undoAll = undoer(undo, log);
  try {
    await mkdir(state.root, { recursive: true, mode: 0o711 });
    const lock = takeLock(state.lockFile, `http://localhost:${port}`);
    undo.push(async () => lock.release());
    const ports = await openSwitchboard(port, options.storagePort ?? (port === 0 ? 0 : port + 1));
    undo.push(() => ports.close());
    lock.announce(ports.url);
    const ledger = new ProcessLedger(state.ledgerFile);
    const leftovers = await ledger.endLeftovers();
    if (leftovers.length > 0)
      log.info(`Ended processes that the last run left behind: ${leftovers.join(', ')}`);
    if (options.fresh === true) await wipeState(state);
    await createStateDirectory(state);
    ledger.clear();
    const warden = startWarden(state.ledgerFile);
    undo.push(() => warden.dismiss());
    const secrets = new LocalSecrets(state.secretsFile);
    const secretAccessKey = secrets.get('aws-secret-access-key');
    const servicePorts = await chooseServicePorts();
    const { storePort, queuePort, tablePort } = servicePorts;
    const endpoints: AwsEndpoints = {
      s3: ports.storageUrl,
      sqs: `http://${LOOPBACK}:${queuePort}`,
      dynamodb: `http://${LOOPBACK}:${tablePort}`,
    };
    const services = startServices({ state, ledger, log, secrets }, options.redisUrl, servicePorts);
    undo.push(() => services.stop());
    const synthesis = synthesize({
      projectDirectory,
      appEntry: resolve(projectDirectory, options.appEntry ?? 'bin/frame-flow.ts'),
      outputDirectory: state.assembly,
      logFile: join(state.logs, 'synth.log'),
      ledger,
      context: {
        databaseHost: services.database.host,
        databasePort: services.database.port,
        databaseAdminUser: services.database.adminUser,
        databaseAdminPassword: services.database.adminPassword,
        redisUrl: services.redisUrl,
        ffmpegPath: ffmpegPath(),
        libavPath: join(import.meta.dirname, '..', 'node_modules'),
        accessCheck: 'gateway',
        publicStorageUrl: ports.storageUrl,
        allowedOrigins: ports.origins,
        ...(options.timing && { timing: options.timing }),
        ...(options.lambdaLimits && { lambdaLimits: options.lambdaLimits }),
      },
    });
    // Both are awaited even if one fails, so that neither continues during the undo.
    const [synthesized, started] = await Promise.allSettled([synthesis, services.started]);
    for (const outcome of [synthesized, started]) {
      if (outcome.status === 'rejected') throw outcome.reason;
    }
    const keys = { accessKeyId: ACCESS_KEY_ID, secretAccessKey };
    return {
      options: {
        schedules: options.schedules ?? true,
        minuteRateMilliseconds: options.minuteRateMilliseconds ?? LOCAL_MINUTE_RATE_MILLISECONDS,
        reservedConcurrency: options.reservedConcurrency ?? {},
        clockOffsetSeconds: options.clockOffsetSeconds ?? {},
        freeze: options.freeze ?? true,
      },
      projectDirectory,
      state,
      ledger,
      log,
      url: ports.url,
      storageUrl: ports.storageUrl,
      storePort,
      redisUrl: services.redisUrl,
      database: services.database,
      endpoints,
      awsEnvironment: awsEnvironment(endpoints, secretAccessKey),
      services: services.processes(),
      readTemplate: async () =>
        readModel(
          readAssembly(state.assembly),
          { queueEndpoint: endpoints.sqs, storageUrl: ports.storageUrl },
          secrets,
        ),
      openStorage: (buckets, publish) => {
        const front = createStorageFront({
          storePort,
          objectsDirectory: state.objects,
          buckets,
          keys,
          publish,
          log,
        });
        undo.push(async () => front.close());
        ports.connectStorage(front.listener);
      },
      openDoor: (listener) => ports.connectDoor(listener),
      closeDoor: () => ports.closeDoor(),
      undo,
      undoAll,
    };
  } catch (error) {
    await undoAll();
    throw error;
  }
};

const undoer = (undo: (() => Promise<void>)[], log: Log) => async (): Promise<void> => {
  for (let step = undo.pop(); step !== undefined; step = undo.pop()) {
    await step().catch((error: unknown) => log.warn(`While stopping: ${String(error)}`));
  }
};

const ffmpegPath = (): string => {
  const { path }: { path: string } = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg');
  return path;
};

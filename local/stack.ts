import { siteFiles } from '../site/build.ts';
import { createFrontDoor } from './api-gateway/front-door.ts';
import { setClocks } from './clock/wrong-clock.ts';
import { containerProcess } from './containers/container.ts';
import { DevStackError, messageOf } from './errors.ts';
import { createEventBus, type EventBus } from './events/event-bus.ts';
import { type Scheduler, startScheduler } from './events/scheduler.ts';
import { SqsSource } from './events/sqs-source.ts';
import { type DevStackOptions, type Foundation, layFoundation } from './foundation.ts';
import type { AwsEndpoints } from './lambda/environment.ts';
import type { FunctionPool } from './lambda/function-pool.ts';
import { type Functions, startFunctions } from './lambda/functions.ts';
import { reserveConcurrency } from './lambda/reserve-concurrency.ts';
import { findNamed } from './names.ts';
import type { ManagedProcess } from './processes/managed-process.ts';
import { type Clients, createClients, provision } from './provision/provision.ts';
import type { PostgresAccess } from './services/postgres.ts';
import { withStaticSite } from './site/static-site.ts';
import type { StackModel } from './template/model.ts';

export type { DevStackOptions } from './foundation.ts';

/** A running stack. */
export interface DevStack {
  /** The URL of the API, without a trailing slash. */
  readonly url: string;
  /** The URL of the S3 endpoint, without a trailing slash. */
  readonly storageUrl: string;
  readonly stateDir: string;
  /** The directory of the log files, one per function, service and container. */
  readonly logs: string;
  readonly endpoints: AwsEndpoints & { readonly redisUrl: string; readonly database: PostgresAccess };
  /** Environment variables with which an AWS SDK calls this stack. */
  readonly awsEnvironment: Readonly<Record<string, string>>;
  /** The resources of the template. */
  readonly model: StackModel;
  /** Services (`postgres`, `redis`, `s3`, `sqs`, `dynamodb`) and containers by name. */
  readonly processes: ReadonlyMap<string, ManagedProcess>;
  /** @throws Error if no process has this name */
  process(name: string): ManagedProcess;
  /** A function by its logical id, with or without CDK's hash. @throws Error */
  lambda(name: string): FunctionPool;
  /** The URL of a queue, found in the same way. @throws Error */
  queueUrl(name: string): string;
  /** @throws Error */
  bucketName(name: string): string;
  /** @throws Error */
  tableName(name: string): string;
  /** Stops everything; leaves no process behind. */
  stop(): Promise<void>;
}

interface Traffic {
  /** Stops schedules and stops receiving from queues. */
  close(): Promise<void>;
  /** Once the functions have stopped: waits for running work and returns unfinished messages to their queues. */
  settle(): Promise<void>;
}

/**
 * Starts everything in the synthesized template of stage `local`.
 * @throws DevStackError with a sentence for the user; nothing runs after it
 */
export const startDevStack = async (options: DevStackOptions = {}): Promise<DevStack> => {
  const foundation = await layFoundation(options);
  const { state, log, undo } = foundation;
  try {
    const { reservedConcurrency, clockOffsetSeconds } = foundation.options;
    const template = await foundation.readTemplate();
    const model = setClocks(reserveConcurrency(template, reservedConcurrency), clockOffsetSeconds);
    const clients = createClients(foundation.endpoints, foundation.storePort, foundation.awsEnvironment);
    undo.push(async () => clients.close());
    await provision(clients, model, log);
    const functions = await startFunctions(model, foundation);
    undo.push(() => functions.stop());
    const bus = createEventBus({
      rules: model.rules,
      queues: model.queues,
      sqs: clients.sqs,
      invoke: functions.invoke,
      log,
    });
    foundation.openStorage(model.buckets, bus.publish);
    await runTriggers(model, functions, state.logs);
    const containers = model.containers.map((container) =>
      containerProcess(container, { ...foundation, logs: state.logs, aws: foundation.awsEnvironment }),
    );
    undo.push(async () => {
      await Promise.all(containers.map((container) => container.stop()));
    });
    await Promise.all(containers.map((container) => container.start()));
    const traffic = startTraffic(foundation, model, functions, clients, bus);
    if (model.api !== undefined) {
      const api = createFrontDoor(model.api, { invoke: functions.invoke, log });
      foundation.openDoor(withStaticSite(siteFiles(), api));
    }
    functions.prewarm().catch((error: unknown) => log.warn(`Prewarming: ${messageOf(error)}`));

    const processes = new Map(
      [...foundation.services, ...containers].map((item) => [item.name, item] as const),
    );
    let stopped: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      await foundation.closeDoor();
      await traffic.close();
      await functions.stop();
      await traffic.settle();
      await foundation.undoAll();
    };
    return {
      url: foundation.url,
      storageUrl: foundation.storageUrl,
      stateDir: state.root,
      logs: state.logs,
      endpoints: { ...foundation.endpoints, redisUrl: foundation.redisUrl, database: foundation.database },
      awsEnvironment: foundation.awsEnvironment,
      model,
      processes,
      process: (name) => {
        const found = processes.get(name);
        if (found !== undefined) return found;
        throw new Error(`No process is called "${name}"; candidates: ${[...processes.keys()].join(', ')}`);
      },
      lambda: (name) => functions.named(name),
      queueUrl: (name) => findNamed('queue', model.queues, name).url,
      bucketName: (name) => findNamed('bucket', model.buckets, name).name,
      tableName: (name) => findNamed('table', model.tables, name).name,
      stop: () => {
        stopped ??= stop();
        return stopped;
      },
    };
  } catch (error) {
    await foundation.undoAll();
    throw error;
  }
};

/** Calls the functions that a deployment calls. @throws DevStackError TRIGGER_FAILED */
const runTriggers = async (model: StackModel, functions: Functions, logs: string): Promise<void> => {
  for (const { logicalId, functionArn } of model.triggers) {
    const result = await functions.invoke(functionArn, '{}');
    if (result.kind === 'success') continue;
    const why =
      result.kind === 'error' ? `${result.error.errorType}: ${result.error.errorMessage}` : result.kind;
    throw new DevStackError('TRIGGER_FAILED', `${logicalId} failed: ${why}\nSee the logs in ${logs}`);
  }
};

const startTraffic = (
  foundation: Foundation,
  model: StackModel,
  functions: Functions,
  clients: Clients,
  bus: EventBus,
): Traffic => {
  const { log, options } = foundation;
  const sources = model.eventSources.map((source) => {
    const queue = model.queues.find(({ arn }) => arn === source.queueArn);
    const pool = functions.byArn(source.functionArn);
    if (queue !== undefined && pool !== undefined)
      return new SqsSource(source, queue, pool, { sqs: clients.sqs, log });
    throw new DevStackError(
      'TEMPLATE_UNSUPPORTED',
      `${source.logicalId} connects ${source.queueArn} and ${source.functionArn}, and one of them does not exist`,
    );
  });
  const minuteRateMilliseconds = options.minuteRateMilliseconds;
  const scheduler: Scheduler | undefined =
    options.schedules === false
      ? undefined
      : startScheduler(model.rules, bus.deliver, minuteRateMilliseconds);
  let scheduled: Promise<void> | undefined;
  return {
    close: async () => {
      scheduled = scheduler?.stop();
      await Promise.all(sources.map((source) => source.stop()));
    },
    settle: async () => {
      await Promise.all([scheduled, bus.stop(), ...sources.map((source) => source.returnUnfinished())]);
    },
  };
};

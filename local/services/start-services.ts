import { LOOPBACK } from '../constants.ts';
import { freePorts } from '../ports.ts';
import type { ManagedProcess } from '../processes/managed-process.ts';
import { objectService, queueService, tableService } from './aws-services.ts';
import { ADMIN_USER, type PostgresAccess, startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';
import type { ServiceContext } from './service.ts';

/** The local services. Their addresses are known at once; the services answer after `started` has resolved. */
export interface Services {
  readonly database: PostgresAccess;
  readonly redisUrl: string;
  /** @throws DevStackError */
  readonly started: Promise<void>;
  /** The processes of the services. */
  processes(): ManagedProcess[];
  stop(): Promise<void>;
}

export interface ServicePorts {
  readonly databasePort: number;
  readonly redisPort: number;
  readonly storePort: number;
  readonly queuePort: number;
  readonly tablePort: number;
}

/** Chooses a free port for each service. */
export const chooseServicePorts = async (): Promise<ServicePorts> => {
  const [databasePort = 0, redisPort = 0, storePort = 0, queuePort = 0, tablePort = 0] = await freePorts(5);
  return { databasePort, redisPort, storePort, queuePort, tablePort };
};

/** Starts PostgreSQL, Redis, S3, SQS and DynamoDB concurrently. */
export const startServices = (
  context: ServiceContext,
  foreignRedisUrl: string | undefined,
  { databasePort, redisPort, storePort, queuePort, tablePort }: ServicePorts,
): Services => {
  const running: ManagedProcess[] = [
    objectService(context, storePort),
    queueService(context, queuePort),
    tableService(context, tablePort),
  ];
  const startAll = async (): Promise<void> => {
    const outcomes = await Promise.allSettled([
      startPostgres(context, databasePort).then(({ process }) => running.push(process)),
      startRedis(context, redisPort, foreignRedisUrl).then(({ process }) => {
        if (process !== undefined) running.push(process);
      }),
      ...running.map((service) => service.start()),
    ]);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') throw outcome.reason;
    }
  };
  const started = startAll();
  // The caller awaits `started` later. Until then a failure must not count as an unhandled rejection.
  started.catch(() => {});
  return {
    database: {
      host: LOOPBACK,
      port: databasePort,
      adminUser: ADMIN_USER,
      adminPassword: context.secrets.get('postgres-admin-password'),
    },
    redisUrl: foreignRedisUrl || `redis://${LOOPBACK}:${redisPort}`,
    started,
    processes: () => running,
    stop: async () => {
      await started.catch(() => {});
      await Promise.all(running.map((service) => service.stop()));
    },
  };
};

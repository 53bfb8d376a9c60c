import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { silentLog } from '../../local/log.ts';
import { freePort } from '../../local/ports.ts';
import { ProcessLedger } from '../../local/processes/ledger.ts';
import { objectService, queueService, tableService } from '../../local/services/aws-services.ts';
import { startPostgres } from '../../local/services/postgres.ts';
import { startRedis } from '../../local/services/redis.ts';
import { createStateDirectory, stateDirectoryAt } from '../../local/state/directory.ts';
import { LocalSecrets } from '../../local/state/secrets.ts';

/** The addresses of a run's real services, in which each test creates its own database, bucket, table or queue. */
export interface TestServices {
  postgres: { host: string; port: number; adminUser: string; adminPassword: string };
  redisUrl: string;
  s3Endpoint: string;
  sqsEndpoint: string;
  dynamoEndpoint: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    services: TestServices;
  }
}

/** Starts PostgreSQL, Redis, S3, SQS and DynamoDB once for all integration tests, and ends them with the run. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const root = await mkdtemp(join(tmpdir(), 'frame-flow-services-'));
  const state = stateDirectoryAt(root);
  await createStateDirectory(state);
  const context = {
    state,
    secrets: new LocalSecrets(state.secretsFile),
    ledger: new ProcessLedger(state.ledgerFile),
    log: silentLog,
  };
  const [postgresPort, redisPort, s3Port, sqsPort, dynamoPort] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const aws = [
    objectService(context, s3Port),
    queueService(context, sqsPort),
    tableService(context, dynamoPort),
  ];
  const [postgres, redis] = await Promise.all([
    startPostgres(context, postgresPort),
    startRedis(context, redisPort, process.env.REDIS_URL),
    ...aws.map((service) => service.start()),
  ]);
  project.provide('services', {
    postgres: postgres.access,
    redisUrl: redis.url,
    s3Endpoint: `http://127.0.0.1:${s3Port}`,
    sqsEndpoint: `http://127.0.0.1:${sqsPort}`,
    dynamoEndpoint: `http://127.0.0.1:${dynamoPort}`,
  });
  return async () => {
    await Promise.all([postgres.process, redis.process, ...aws].map((service) => service?.stop()));
    await rm(root, { recursive: true, force: true });
  };
};

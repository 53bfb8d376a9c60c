import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { silentLog } from '../../local/log.ts';
import { startDevStack } from '../../local/stack.ts';

/** The addresses of the stack under test, and the parts of its inside that a test may inspect. */
export interface TestStack {
  url: string;
  storageUrl: string;
  redisUrl: string;
  bucket: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  database: { host: string; port: number; adminUser: string; adminPassword: string };
  sqsEndpoint: string;
  dynamodbEndpoint: string;
  sagasTable: string;
  /** Of every queue, dead letters included. */
  queueNames: string[];
}

declare module 'vitest' {
  export interface ProvidedContext {
    stack: TestStack;
  }
}

/** Starts the whole of Frame Flow once for all end-to-end tests, in a temporary state directory. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const stateDir = await mkdtemp(join(tmpdir(), 'frame-flow-e2e-'));
  const stack = await startDevStack({ stateDir, port: 0, storagePort: 0, log: silentLog });
  const { host, port, adminUser, adminPassword } = stack.endpoints.database;
  project.provide('stack', {
    url: stack.url,
    storageUrl: stack.storageUrl,
    redisUrl: stack.endpoints.redisUrl,
    bucket: stack.bucketName('Storage'),
    credentials: {
      accessKeyId: stack.awsEnvironment.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: stack.awsEnvironment.AWS_SECRET_ACCESS_KEY ?? '',
    },
    database: { host, port, adminUser, adminPassword },
    sqsEndpoint: stack.endpoints.sqs,
    dynamodbEndpoint: stack.endpoints.dynamodb,
    sagasTable: stack.tableName('Sagas'),
    queueNames: stack.model.queues.map(({ name }) => name),
  });
  return async () => {
    await stack.stop();
    await rm(stateDir, { recursive: true, force: true });
  };
};

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import pg from 'pg';
import { DATABASE_NAME } from '../../functions/contracts/database.ts';
import { isDatabaseUnavailable } from '../../functions/shared/database/errors.ts';
import { silentLog } from '../../local/log.ts';
import { type DevStack, type DevStackOptions, startDevStack } from '../../local/stack.ts';
import { patiently } from './patience.ts';

/** The stack under load, with direct access to its stores. */
export interface System {
  readonly stack: DevStack;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly dynamo: DynamoDBClient;
  /** Queries PostgreSQL as its administrator. Retries while it is unavailable. */
  query(sql: string, values?: readonly unknown[]): Promise<unknown[]>;
  /** @param options `keep` keeps the state directory with its logs */
  stop(options?: { keep: boolean }): Promise<void>;
}

/** Starts a stack with a new temporary state directory. */
export const startSystem = async (options: DevStackOptions = {}): Promise<System> => {
  const stateDir = await mkdtemp(join(tmpdir(), 'frame-flow-load-'));
  const stack = await startDevStack({ stateDir, port: 0, storagePort: 0, log: silentLog, ...options });
  const { database } = stack.endpoints;
  const pool = new pg.Pool({
    host: database.host,
    port: database.port,
    user: database.adminUser,
    password: database.adminPassword,
    database: DATABASE_NAME,
    max: 2,
    connectionTimeoutMillis: 5_000,
    query_timeout: 20_000,
  });
  pool.on('error', () => undefined);
  const aws = {
    region: stack.awsEnvironment.AWS_REGION ?? '',
    credentials: {
      accessKeyId: stack.awsEnvironment.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: stack.awsEnvironment.AWS_SECRET_ACCESS_KEY ?? '',
    },
  };
  const s3 = new S3Client({ ...aws, endpoint: stack.endpoints.s3, forcePathStyle: true });
  const sqs = new SQSClient({ ...aws, endpoint: stack.endpoints.sqs });
  const dynamo = new DynamoDBClient({ ...aws, endpoint: stack.endpoints.dynamodb });
  return {
    stack,
    s3,
    sqs,
    dynamo,
    query: async (sql, values = []) => {
      const { rows } = await patiently(() => pool.query(sql, [...values]), isDatabaseUnavailable);
      return rows;
    },
    stop: async ({ keep } = { keep: false }) => {
      await pool.end();
      for (const client of [s3, sqs, dynamo]) client.destroy();
      await stack.stop();
      if (keep) console.log(`State and logs are kept in ${stateDir}`);
      else await rm(stateDir, { recursive: true, force: true });
    },
  };
};

/**
 * Runs `use` with a new system, and stops the system afterwards.
 * @param isKept whether the state is kept for this result. It is always kept if `use` fails.
 */
export const withSystem = async <T>(
  options: DevStackOptions,
  isKept: (result: T) => boolean,
  use: (system: System) => Promise<T>,
): Promise<T> => {
  const system = await startSystem(options);
  let keep = true;
  try {
    const result = await use(system);
    keep = isKept(result);
    return result;
  } finally {
    await system.stop({ keep });
  }
};

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { LOOPBACK, REGION } from '../constants.ts';
import type { AwsEndpoints } from '../lambda/environment.ts';
import type { Log } from '../log.ts';
import type { StackModel } from '../template/model.ts';
import { provisionBuckets } from './buckets.ts';
import { provisionQueues } from './queues.ts';
import { provisionTables } from './tables.ts';

/** The AWS clients of the stack itself. */
export interface Clients {
  readonly sqs: SQSClient;
  readonly s3: S3Client;
  readonly dynamodb: DynamoDBClient;
  close(): void;
}

/** Maximum number of connections. Every event source has an open long poll and also deletes messages. */
const MAX_SOCKETS = 500;

/** @param storePort the port of the object store itself: buckets are created before the storage front opens */
export const createClients = (
  endpoints: AwsEndpoints,
  storePort: number,
  aws: Readonly<Record<string, string>>,
): Clients => {
  const common = {
    region: REGION,
    credentials: {
      accessKeyId: aws.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: aws.AWS_SECRET_ACCESS_KEY ?? '',
    },
    requestHandler: { httpAgent: { maxSockets: MAX_SOCKETS } },
  };
  const sqs = new SQSClient({ ...common, endpoint: endpoints.sqs });
  const s3 = new S3Client({ ...common, endpoint: `http://${LOOPBACK}:${storePort}`, forcePathStyle: true });
  const dynamodb = new DynamoDBClient({ ...common, endpoint: endpoints.dynamodb });
  return {
    sqs,
    s3,
    dynamodb,
    close: () => {
      for (const client of [sqs, s3, dynamodb]) client.destroy();
    },
  };
};

/** Creates or updates queues, buckets and tables as in the template. Their content stays. */
export const provision = async (clients: Clients, model: StackModel, log: Log): Promise<void> => {
  await Promise.all([
    provisionQueues(clients.sqs, model.queues),
    provisionBuckets(clients.s3, model.buckets),
    provisionTables(clients.dynamodb, model.tables, log),
  ]);
};

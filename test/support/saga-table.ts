import { randomBytes } from 'node:crypto';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { inject } from 'vitest';
import { SAGA_DUE_INDEX } from '../../functions/contracts/env.ts';

/** A client of the run's DynamoDB, or of a proxy in front of it. */
export const tableClient = (endpoint = inject('services').dynamoEndpoint): DynamoDBClient =>
  new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });

/** Creates a saga table for one test. @returns its name. */
export const createSagaTable = async (client: DynamoDBClient): Promise<string> => {
  const name = `sagas-${randomBytes(4).toString('hex')}`;
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['sagaId', 'dueShard', 'dueAt'].map((attribute) => ({
        AttributeName: attribute,
        AttributeType: 'S',
      })),
      KeySchema: [{ AttributeName: 'sagaId', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: SAGA_DUE_INDEX,
          KeySchema: [
            { AttributeName: 'dueShard', KeyType: 'HASH' },
            { AttributeName: 'dueAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName: name });
  return name;
};

import * as z from 'zod';
import { REF } from './attributes.ts';
import type { BucketModel, IndexModel, QueueModel, TableModel } from './model.ts';
import { Count, Flag, parseProperties, titleOf } from './parse.ts';
import type { TemplateResolver } from './resolver.ts';

const Bucket = z.object({
  CorsConfiguration: z
    .object({
      CorsRules: z.array(
        z.object({
          AllowedOrigins: z.array(z.string()),
          AllowedMethods: z.array(z.string()),
          AllowedHeaders: z.array(z.string()).default([]),
          ExposedHeaders: z.array(z.string()).default([]),
          MaxAge: Count.optional(),
        }),
      ),
    })
    .default({ CorsRules: [] }),
  NotificationConfiguration: z.object({ EventBridgeConfiguration: z.unknown().optional() }).default({}),
});

/** CDK turns a bucket's notifications on through a custom resource, not through the bucket itself. */
const BucketNotifications = z.object({
  BucketName: z.string(),
  NotificationConfiguration: z.record(z.string(), z.unknown()),
});

export const readBuckets = (resolver: TemplateResolver): BucketModel[] => {
  const notified = new Set(
    resolver
      .resourcesOf('Custom::S3BucketNotifications')
      .map((located) => parseProperties(resolver, located, BucketNotifications))
      .filter(({ NotificationConfiguration }) => 'EventBridgeConfiguration' in NotificationConfiguration)
      .map(({ BucketName }) => BucketName),
  );
  return resolver.resourcesOf('AWS::S3::Bucket').map((located) => {
    const { CorsConfiguration, NotificationConfiguration } = parseProperties(resolver, located, Bucket);
    const name = resolver.attribute(located, REF, titleOf(located));
    return {
      logicalId: located.logicalId,
      name,
      emitsEvents: notified.has(name) || NotificationConfiguration.EventBridgeConfiguration !== undefined,
      cors: CorsConfiguration.CorsRules.map((rule) => ({
        allowedOrigins: rule.AllowedOrigins,
        allowedMethods: rule.AllowedMethods,
        allowedHeaders: rule.AllowedHeaders,
        exposedHeaders: rule.ExposedHeaders,
        maxAgeSeconds: rule.MaxAge,
      })),
    };
  });
};

const Queue = z.object({
  FifoQueue: Flag.default(false),
  ContentBasedDeduplication: Flag.optional(),
  VisibilityTimeout: Count.optional(),
  DelaySeconds: Count.optional(),
  MaximumMessageSize: Count.optional(),
  MessageRetentionPeriod: Count.optional(),
  ReceiveMessageWaitTimeSeconds: Count.optional(),
  RedrivePolicy: z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: Count }).optional(),
});

/** SQS's defaults. They are set explicitly, so that removing a value from the template also resets it locally. */
const QUEUE_DEFAULTS = {
  VisibilityTimeout: 30,
  DelaySeconds: 0,
  MessageRetentionPeriod: 345_600,
  ReceiveMessageWaitTimeSeconds: 0,
};

export const readQueues = (resolver: TemplateResolver): QueueModel[] =>
  resolver.resourcesOf('AWS::SQS::Queue').map((located) => {
    const { FifoQueue, RedrivePolicy, ...settings } = parseProperties(resolver, located, Queue);
    const given = Object.entries(settings).filter(([, value]) => value !== undefined);
    const attributes: Record<string, string> = {
      ...Object.fromEntries(Object.entries(QUEUE_DEFAULTS).map(([key, value]) => [key, String(value)])),
      ...Object.fromEntries(given.map(([key, value]) => [key, String(value)])),
      // An empty text removes the policy.
      RedrivePolicy: RedrivePolicy === undefined ? '' : JSON.stringify(RedrivePolicy),
    };
    const title = titleOf(located);
    return {
      logicalId: located.logicalId,
      name: resolver.attribute(located, 'QueueName', title),
      arn: resolver.attribute(located, 'Arn', title),
      url: resolver.attribute(located, REF, title),
      fifo: FifoQueue,
      attributes,
    };
  });

const Keys = z
  .array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }))
  .transform((keys) =>
    keys.map(({ AttributeName, KeyType }) => ({ attribute: AttributeName, kind: KeyType })),
  );

const Index = z
  .object({
    IndexName: z.string(),
    KeySchema: Keys,
    Projection: z
      .object({
        ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']).default('ALL'),
        NonKeyAttributes: z.array(z.string()).optional(),
      })
      .default({ ProjectionType: 'ALL' }),
  })
  .transform(
    ({ IndexName, KeySchema, Projection }): IndexModel => ({
      name: IndexName,
      keys: KeySchema,
      projection: { type: Projection.ProjectionType, attributes: Projection.NonKeyAttributes },
    }),
  );

const Table = z.object({
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  KeySchema: Keys,
  GlobalSecondaryIndexes: z.array(Index).default([]),
  LocalSecondaryIndexes: z.array(Index).default([]),
});

export const readTables = (resolver: TemplateResolver): TableModel[] =>
  resolver.resourcesOf('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable').map((located) => {
    const table = parseProperties(resolver, located, Table);
    return {
      logicalId: located.logicalId,
      name: resolver.attribute(located, REF, titleOf(located)),
      attributeTypes: Object.fromEntries(
        table.AttributeDefinitions.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]),
      ),
      keys: table.KeySchema,
      globalIndexes: table.GlobalSecondaryIndexes,
      localIndexes: table.LocalSecondaryIndexes,
    };
  });

import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { Stage } from '../../lib/config/stage.ts';
import { functionsOf } from './functions.ts';
import { ofType, parseTemplate, type Resource, resourcesOf, synthesizeStage } from './synthesize.ts';

/** The types that LocalStack's free image offers, and the type of CDK's own trigger. */
const LOCAL_TYPES = [
  'AWS::ApiGateway::Authorizer',
  'AWS::ApiGateway::Deployment',
  'AWS::ApiGateway::GatewayResponse',
  'AWS::ApiGateway::Method',
  'AWS::ApiGateway::Resource',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Stage',
  'AWS::DynamoDB::Table',
  'AWS::Events::Rule',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Version',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
  'AWS::SecretsManager::Secret',
  'Custom::Trigger',
];

const oneOrMore = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (Array.isArray(value) ? value : [value]));
const Statement = z.looseObject({ Effect: z.string(), Action: oneOrMore, Resource: z.unknown() });
const Policy = z.object({ Statement: z.array(Statement) });

const allowedActions = (resources: readonly Resource[]): string[] => {
  const documents = resources.flatMap((resource) => {
    const { PolicyDocument, Policies } = resource.Properties;
    const inline = z
      .array(z.object({ PolicyDocument: z.unknown() }))
      .default([])
      .parse(Policies);
    return [PolicyDocument, ...inline.map((policy) => policy.PolicyDocument)];
  });
  return documents
    .filter((document) => document !== undefined)
    .flatMap((document) => Policy.parse(document).Statement)
    .filter((statement) => statement.Effect === 'Allow')
    .flatMap((statement) => statement.Action);
};

describe.each(Stage.options)('Stage %s', (stage) => {
  const templates = synthesizeStage(stage);
  const resources = resourcesOf(templates);

  test('gives every queue a dead-letter queue of the same kind, which keeps messages for two weeks', () => {
    const Queue = z.looseObject({
      FifoQueue: z.boolean().default(false),
      MessageRetentionPeriod: z.number(),
      RedrivePolicy: z
        .object({
          deadLetterTargetArn: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
          maxReceiveCount: z.number(),
        })
        .optional(),
    });
    const queues = new Map(
      Object.entries(parseTemplate(templates.app).Resources)
        .filter(([, resource]) => resource.Type === 'AWS::SQS::Queue')
        .map(([id, resource]) => [id, Queue.parse(resource.Properties)]),
    );
    const isDeadLetters = (id: string) =>
      [...queues.values()].some((queue) => queue.RedrivePolicy?.deadLetterTargetArn['Fn::GetAtt'][0] === id);

    expect(queues.size).toBeGreaterThan(0);
    for (const [id, queue] of queues) {
      if (isDeadLetters(id)) {
        expect(queue.MessageRetentionPeriod, id).toBe(14 * 24 * 3600);
        continue;
      }
      const target = queue.RedrivePolicy?.deadLetterTargetArn['Fn::GetAtt'][0] ?? '';
      expect(queues.get(target)?.FifoQueue, id).toBe(queue.FifoQueue);
      expect(queue.RedrivePolicy?.maxReceiveCount, id).toBeGreaterThanOrEqual(5);
    }
  });

  test('consumes every queue, dead letters included, with a function or a container', () => {
    const { Resources } = parseTemplate(templates.app);
    const Source = z.looseObject({
      EventSourceArn: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
      FunctionName: z.object({ Ref: z.string() }),
      FunctionResponseTypes: z.tuple([z.literal('ReportBatchItemFailures')]),
    });
    const sources = ofType(Object.values(Resources), 'AWS::Lambda::EventSourceMapping').map((resource) =>
      Source.parse(resource.Properties),
    );
    const fed = new Map(
      sources.map(({ EventSourceArn, FunctionName }) => [EventSourceArn['Fn::GetAtt'][0], FunctionName.Ref]),
    );
    const Times = z.looseObject({ VisibilityTimeout: z.number() });
    for (const [id, { Type, Properties }] of Object.entries(Resources)) {
      // The worker polls this queue itself.
      if (Type !== 'AWS::SQS::Queue' || id.startsWith('ProcessWorkerInboxQueue')) continue;
      const fn = fed.get(id);
      expect(fn, id).toBeDefined();
      const timeout = z.number().parse(Resources[fn ?? '']?.Properties.Timeout);
      // SQS refuses a shorter visibility timeout.
      expect(Times.parse(Properties).VisibilityTimeout, id).toBeGreaterThanOrEqual(timeout);
    }
  });

  test('allows no action by wildcard', () => {
    const actions = allowedActions(resources);
    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  test('keeps the logs of every function for a chosen time', () => {
    const functions = functionsOf(resources);
    expect(functions.length).toBeGreaterThan(0);
    for (const fn of functions)
      expect(fn.LoggingConfig?.LogGroup, fn.Description ?? 'a function of CDK').toBeDefined();
    for (const group of ofType(resources, 'AWS::Logs::LogGroup'))
      expect(group.Properties).toHaveProperty('RetentionInDays');
  });

  test('allows no access to a store without TLS', () => {
    const denied = (type: string) =>
      ofType(resources, type)
        .flatMap((resource) => Policy.parse(resource.Properties.PolicyDocument).Statement)
        .filter(
          (statement) =>
            statement.Effect === 'Deny' && JSON.stringify(statement).includes('aws:SecureTransport'),
        );
    expect(denied('AWS::S3::BucketPolicy')).toHaveLength(ofType(resources, 'AWS::S3::Bucket').length);
    expect(denied('AWS::SQS::QueuePolicy')).toHaveLength(ofType(resources, 'AWS::SQS::Queue').length);
  });

  test('blocks every kind of public access to each bucket', () => {
    const buckets = ofType(resources, 'AWS::S3::Bucket');
    // The bucket of the videos and, on AWS, the bucket of the static site.
    expect(buckets).toHaveLength(stage === 'local' ? 1 : 2);
    for (const bucket of buckets) {
      expect(bucket.Properties).toMatchObject({
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      });
    }
  });

  test('passes secrets as references, never as values', () => {
    const environments = ofType(resources, 'AWS::Lambda::Function')
      .map((fn) =>
        z
          .object({ Variables: z.record(z.string(), z.unknown()) })
          .optional()
          .parse(fn.Properties.Environment),
      )
      .flatMap((environment) => Object.entries(environment?.Variables ?? {}));
    const secrets = environments.filter(([name]) => /SECRET|PASSWORD/.test(name));
    expect(secrets.length).toBeGreaterThan(0);
    for (const [name, value] of secrets) {
      // In stage local, this is the master password of a server on the developer's machine.
      if (stage === 'local' && name === 'DATABASE_ADMIN_PASSWORD') continue;
      expect(JSON.stringify(value), name).toContain('{{resolve:secretsmanager:');
    }
  });
});

describe('Stage local', () => {
  test("holds only resources that LocalStack's free image offers", () => {
    const types = new Set(resourcesOf(synthesizeStage('local')).map((resource) => resource.Type));
    expect([...types].filter((type) => !LOCAL_TYPES.includes(type))).toEqual([]);
  });
});

describe('Stage prod', () => {
  const resources = resourcesOf(synthesizeStage('prod'));

  test('protects the database and the sagas from deletion, and has a standby', () => {
    const [database] = ofType(resources, 'AWS::RDS::DBInstance');
    expect(database?.Properties).toMatchObject({
      DeletionProtection: true,
      MultiAZ: true,
      StorageEncrypted: true,
    });
    const [table] = ofType(resources, 'AWS::DynamoDB::Table');
    expect(table?.Properties).toMatchObject({ DeletionProtectionEnabled: true });
    const [redis] = ofType(resources, 'AWS::ElastiCache::ReplicationGroup');
    expect(redis?.Properties).toMatchObject({ AutomaticFailoverEnabled: true, NumCacheClusters: 2 });
  });

  test('retains the secret that its data depends on', () => {
    const retained = ofType(resources, 'AWS::SecretsManager::Secret').filter(
      (s) => s.DeletionPolicy === 'Retain',
    );
    const descriptions = retained.map((secret) => JSON.stringify(secret.Properties));
    expect(descriptions.some((text) => text.includes('signing keys'))).toBe(true);
  });
});

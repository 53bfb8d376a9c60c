import { rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadStageConfig } from '../../lib/config/load-stage-config.ts';
import { buildStacks } from '../../lib/frame-flow-app.ts';
import { referencesOf } from './references.ts';
import { createApp, ofType, type Resource, resourcesOf, synthesizeStage } from './synthesize.ts';

/** Whether a resource remains after its stack is deleted. A snapshot does not count. */
const isKept = ({ DeletionPolicy }: Resource): boolean =>
  DeletionPolicy === 'Retain' || DeletionPolicy === 'RetainExceptOnCreate';

/**
 * The account's setting refers only to the role that writes logs; CDK orders it after the first API to avoid a race.
 */
const ORDER_ALONE = /^ApiRestApiAccount\w+ → ApiRestApi\w+$/;

describe.each(['dev', 'prod'] as const)('Taking down stage %s', (stage) => {
  const references = referencesOf(synthesizeStage(stage));

  test('deletes nothing that a kept resource refers to', () => {
    const broken = [...references].flatMap(([one, others]) =>
      isKept(one.resource)
        ? others.filter(({ resource }) => !isKept(resource)).map((other) => `${one.id} → ${other.id}`)
        : [],
    );
    expect(broken.filter((pair) => !ORDER_ALONE.test(pair))).toEqual([]);
  });

  test('has its references found within a stack and across stacks', () => {
    const across = [...references].filter(([one, others]) => others.some(({ stack }) => stack !== one.stack));
    const within = [...references].filter(([one, others]) => others.some(({ stack }) => stack === one.stack));
    expect(across.length).toBeGreaterThan(10);
    expect(within.length).toBeGreaterThan(100);
  });

  test('leaves no resource in a network behind', () => {
    const kept = [...references.keys()].filter(({ resource }) => isKept(resource));
    const types = kept.map(({ resource }) => resource.Type);
    expect(types.filter((type) => /EC2|ElastiCache|RDS|ECS/.test(type))).toEqual([]);
  });
});

describe('The rest of a deleted stage prod', () => {
  const resources = resourcesOf(synthesizeStage('prod'));

  test('is its data: a database snapshot, the bucket with its policy, the sagas and the secret of the signing keys', () => {
    const kept = resources.filter(isKept).map(({ Type }) => Type);
    expect(
      kept.filter((type) => !type.startsWith('AWS::ApiGateway') && type !== 'AWS::IAM::Role').toSorted(),
    ).toEqual([
      'AWS::DynamoDB::Table',
      'AWS::S3::Bucket',
      'AWS::S3::BucketPolicy',
      'AWS::SecretsManager::Secret',
    ]);
    const [database] = ofType(resources, 'AWS::RDS::DBInstance');
    expect(database).toMatchObject({ DeletionPolicy: 'Snapshot', UpdateReplacePolicy: 'Snapshot' });
    const secrets = ofType(resources, 'AWS::SecretsManager::Secret').filter(isKept);
    expect(JSON.stringify(secrets)).toContain('signing keys');
  });

  test('does not include Redis, whose data can be rebuilt', () => {
    const [redis] = ofType(resources, 'AWS::ElastiCache::ReplicationGroup');
    expect(redis).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  });
});

describe('The stacks of a stage', () => {
  test.each([
    ['prod', true],
    ['dev', false],
  ] as const)('of %s have termination protection: %s, on all three', (stage, wanted) => {
    const config = loadStageConfig({ stage, allowedOrigins: undefined, local: undefined });
    const cdk = createApp();
    const { network, data, app } = buildStacks(cdk, config);
    rmSync(cdk.outdir, { recursive: true, force: true });
    for (const stack of [network, data, app]) expect(stack?.terminationProtection).toBe(wanted);
  });
});

describe('The rest of a deleted stage dev', () => {
  test('is the account-wide setting of API Gateway with its role', () => {
    const kept = resourcesOf(synthesizeStage('dev')).filter(isKept);
    expect(kept.map(({ Type }) => Type).toSorted()).toEqual(['AWS::ApiGateway::Account', 'AWS::IAM::Role']);
  });
});

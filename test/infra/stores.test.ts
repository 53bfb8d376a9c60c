import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { ofType, parseTemplate, synthesizeStage } from './synthesize.ts';

describe('The stores of stage dev', () => {
  const { data } = synthesizeStage('dev');

  test('include a PostgreSQL 18 that accepts IAM tokens', () => {
    data.hasResourceProperties('AWS::RDS::DBInstance', {
      Engine: 'postgres',
      EngineVersion: Match.stringLikeRegexp('^18'),
      DBInstanceClass: 'db.t4g.small',
      AllocatedStorage: '20',
      StorageType: 'gp3',
      StorageEncrypted: true,
      EnableIAMDatabaseAuthentication: true,
      PubliclyAccessible: false,
    });
  });

  test('let the administrator of the database log in only with IAM, without a password', () => {
    data.hasResourceProperties('AWS::RDS::DBInstance', {
      MasterUsername: 'frame_flow_admin',
      MasterUserAuthenticationType: 'iam-db-auth',
      MasterUserPassword: Match.absent(),
      ManageMasterUserPassword: Match.absent(),
    });
    expect(JSON.stringify(data.toJSON())).not.toMatch(/master user|AdminPassword/i);
  });

  test('include a Valkey without cluster mode that accepts IAM tokens over TLS and has its default user disabled', () => {
    data.hasResourceProperties('AWS::ElastiCache::ReplicationGroup', {
      Engine: 'valkey',
      ClusterMode: 'disabled',
      TransitEncryptionEnabled: true,
      TransitEncryptionMode: 'required',
      AtRestEncryptionEnabled: true,
    });
    data.hasResourceProperties('AWS::ElastiCache::User', { AuthenticationMode: { Type: 'iam' } });
    data.hasResourceProperties('AWS::ElastiCache::User', { UserName: 'default', AccessString: 'off -@all' });
    const users = ofType(Object.values(parseTemplate(data).Resources), 'AWS::ElastiCache::User');
    for (const { Properties } of users) {
      // ElastiCache's rules for these names.
      expect(Properties.UserId).toMatch(/^[a-z][a-z0-9-]{0,39}$/);
      if (JSON.stringify(Properties).includes('"iam"')) expect(Properties.UserName).toBe(Properties.UserId);
    }
  });

  test('include a table of sagas with the sweeper’s index', () => {
    data.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: [{ AttributeName: 'sagaId', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      GlobalSecondaryIndexes: [
        {
          IndexName: 'due',
          KeySchema: [
            { AttributeName: 'dueShard', KeyType: 'HASH' },
            { AttributeName: 'dueAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    });
  });

  test('include a bucket that notifies EventBridge, expires old videos and unfinished uploads, and allows browsers', () => {
    data.hasResourceProperties('AWS::S3::Bucket', {
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      LifecycleConfiguration: {
        Rules: Match.arrayWith([
          Match.objectLike({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }),
          Match.objectLike({ Prefix: 'users/', ExpirationInDays: 8 }),
        ]),
      },
      CorsConfiguration: {
        CorsRules: [
          Match.objectLike({
            AllowedMethods: ['GET', 'HEAD', 'POST'],
            AllowedOrigins: ['http://localhost:3000'],
            ExposedHeaders: ['ETag'],
          }),
        ],
      },
    });
  });
});

describe.each(['dev', 'prod'] as const)('The stores of stage %s', (stage) => {
  // CloudFormation creates a new, empty store for a new logical id, and deletes the old store or leaves it behind.
  test('keep the logical ids of deployed stages', () => {
    const { Resources } = parseTemplate(synthesizeStage(stage).data);
    const idsOf = (type: string) => Object.keys(Resources).filter((id) => Resources[id]?.Type === type);
    expect(idsOf('AWS::RDS::DBInstance')).toEqual(['DatabaseInstanceAA8A5FDE']);
    expect(idsOf('AWS::DynamoDB::Table')).toEqual(['SagasTable3CF4EA25']);
    expect(idsOf('AWS::S3::Bucket')).toEqual(['StorageBucket5CB7C8EA']);
    expect(idsOf('AWS::ElastiCache::ReplicationGroup')).toEqual(['ValkeyReplicationGroup77C9E011']);
    expect(idsOf('AWS::SecretsManager::Secret').toSorted()).toEqual([
      'AuthKeySecretA1BA8890',
      'ValkeyDefaultUserPassword3EC58E41',
    ]);
  });
});

import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { LOGIN_ROLES } from '../../functions/contracts/database.ts';
import { ofType, parseTemplate, synthesizeStage } from './synthesize.ts';

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const PolicyProperties = z.looseObject({
  PolicyDocument: z.object({
    Statement: z.array(z.looseObject({ Action: oneOrMore, Resource: z.unknown() })),
  }),
  Roles: z.array(z.object({ Ref: z.string() })),
});

const CONSUME = [
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:ReceiveMessage',
];
const DATABASE = 'rds-db:connect';
const REDIS = 'elasticache:Connect';
const LIST = 's3:ListBucket';
const DISCARD = ['s3:DeleteObject', 's3:AbortMultipartUpload', LIST, 's3:ListBucketMultipartUploads'];

/** What answers HTTP has a role of its own, and so has the authorizer. */
const roleOf = (workload: string): string => {
  if (workload === 'MigrationsMigrate') return 'frame_flow_admin';
  const [, context = '', rest = ''] = /^(Auth|Upload|Process|Download)(.*)$/.exec(workload) ?? [];
  const suffix = { Http: '_http', Authorizer: '_authorizer' }[rest] ?? '';
  return `frame_flow_${context.toLowerCase()}${suffix}`;
};

/** Who may do what: the whole of it. */
const RIGHTS: Record<string, string[]> = {
  AuthHttp: [DATABASE, REDIS],
  AuthAuthorizer: [DATABASE],
  AuthRotateKeys: [DATABASE],
  UploadHttp: [DATABASE, REDIS, 's3:PutObject'],
  UploadObjectCreatedHandler: [DATABASE, REDIS, 's3:GetObject', 's3:DeleteObject', LIST, ...CONSUME],
  UploadInboxHandler: [DATABASE, REDIS, 's3:DeleteObject', ...CONSUME],
  UploadSweep: [DATABASE, REDIS, 's3:GetObject', 's3:DeleteObject', LIST],
  ProcessInboxHandler: [DATABASE, REDIS, 's3:GetObject', 's3:PutObject', ...DISCARD, ...CONSUME],
  ProcessWorkerTask: [
    DATABASE,
    REDIS,
    's3:GetObject',
    's3:PutObject',
    ...DISCARD,
    'sqs:ChangeMessageVisibility',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:ReceiveMessage',
    'ecs:GetTaskProtection',
    'ecs:UpdateTaskProtection',
  ],
  ProcessDeadLetters: [DATABASE, REDIS, ...DISCARD, ...CONSUME],
  ProcessSweep: [DATABASE, REDIS, ...DISCARD],
  DownloadHttp: [DATABASE, REDIS, 's3:GetObject', LIST],
  DownloadInboxHandler: [DATABASE, REDIS, 's3:GetObject', LIST, ...CONSUME],
  DownloadSweep: [DATABASE, REDIS, 's3:DeleteObject', LIST],
  OrchestratorInboxHandler: [REDIS, 'dynamodb:GetItem', 'dynamodb:PutItem', ...CONSUME],
  OrchestratorSweep: [REDIS, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
  SelfTestFunctions: [DATABASE, REDIS, 's3:PutObject', 's3:GetObject', 's3:DeleteObject'],
  SelfTestExtraction: [DATABASE, REDIS, 's3:PutObject', 's3:GetObject', 's3:DeleteObject'],
  RelayServiceTask: [REDIS, 'sqs:SendMessage', 'sqs:GetQueueAttributes'],
  MigrationsMigrate: [DATABASE],
};

describe('The rights of stage dev', () => {
  const { app } = synthesizeStage('dev');
  const policies = ofType(Object.values(parseTemplate(app).Resources), 'AWS::IAM::Policy')
    .map((resource) => PolicyProperties.parse(resource.Properties))
    // Fetches the image and writes the log before our code starts.
    .filter((policy) => !policy.Roles.some(({ Ref }) => Ref.includes('ExecutionRole')));
  const policyOf = (workload: string) => {
    const found = policies.filter((policy) =>
      policy.Roles.some(({ Ref }) => new RegExp(`^${workload}(Service|Task)Role`).test(Ref)),
    );
    expect(found, workload).toHaveLength(1);
    return found.flatMap((policy) => policy.PolicyDocument.Statement);
  };

  test.each(Object.entries(RIGHTS))('of %s are %j and no other', (workload, rights) => {
    const actions = new Set(policyOf(workload).flatMap((statement) => statement.Action));
    expect([...actions].toSorted()).toEqual([...new Set(rights)].toSorted());
  });

  test('are nobody else’s', () => {
    expect(policies).toHaveLength(Object.keys(RIGHTS).length);
  });

  test('name the resources that they are for', () => {
    for (const policy of policies)
      for (const { Resource, Action } of policy.PolicyDocument.Statement)
        expect(Resource, Action.join()).not.toBe('*');
  });

  // The self-test logs in as every role: a test of its own, below.
  const ofContexts = Object.keys(RIGHTS).filter(
    (workload) => RIGHTS[workload]?.includes(DATABASE) && !workload.startsWith('SelfTest'),
  );
  test.each(ofContexts)(
    'let %s log in to the database as one role, that of its context and kind',
    (workload) => {
      const logins = policyOf(workload).filter((statement) => statement.Action.includes(DATABASE));
      const roles = logins.map(
        ({ Resource }) => /"\/(frame_flow_[a-z_]+)"/.exec(JSON.stringify(Resource))?.[1],
      );
      expect(roles).toEqual([roleOf(workload)]);
    },
  );

  test('let the relay ask about the worker’s queue alone, and the worker protect tasks of the cluster alone', () => {
    const [asks] = policyOf('RelayServiceTask').filter(({ Action }) =>
      Action.includes('sqs:GetQueueAttributes'),
    );
    expect(JSON.stringify(asks?.Resource)).toMatch(
      /^\{"Fn::GetAtt":\["ProcessWorkerInboxQueue[0-9A-F]{8}","Arn"\]\}$/,
    );
    const [protects] = policyOf('ProcessWorkerTask').filter(({ Action }) =>
      Action.includes('ecs:UpdateTaskProtection'),
    );
    expect(JSON.stringify(protects?.Resource)).toMatch(
      /:task\/",\{"Fn::ImportValue":"[^"]*Cluster[^"]*"\},"\/\*"\]/,
    );
  });

  test('let a form put a source and nothing else into the bucket', () => {
    const [put] = policyOf('UploadHttp').filter((statement) => statement.Action.includes('s3:PutObject'));
    expect(JSON.stringify(put?.Resource)).toContain('"/users/*/videos/*/source.*"');
  });

  test.each(['SelfTestFunctions', 'SelfTestExtraction'])(
    'let %s touch probes alone in the bucket',
    (workload) => {
      const calls = policyOf(workload).filter(({ Action }) =>
        Action.some((action) => action.startsWith('s3:')),
      );
      expect(calls).toHaveLength(1);
      for (const { Resource } of calls) expect(JSON.stringify(Resource)).toContain('"/probes/*"');
    },
  );

  test.each(['SelfTestFunctions', 'SelfTestExtraction'])(
    'let %s log in as every role and as no other',
    (workload) => {
      const logins = policyOf(workload).filter(({ Action }) => Action.includes(DATABASE));
      const named = [...JSON.stringify(logins).matchAll(/"\/(frame_flow_\w+)"/g)].map(([, role]) => role);
      expect(named.toSorted()).toEqual([...LOGIN_ROLES].toSorted());
    },
  );

  test('let an extraction overwrite no source', () => {
    const writes = policyOf('ProcessInboxHandler').filter((statement) =>
      statement.Action.includes('s3:PutObject'),
    );
    expect(writes.length).toBeGreaterThan(0);
    expect(JSON.stringify(writes)).not.toContain('/source');
  });
});

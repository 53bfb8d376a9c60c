import { FRAMES, PROBES, SAGAS, SOURCES, ZIPS } from '../infra/roles/role-list.ts';

/** One call that is made with every role. */
export interface ProbedResource {
  readonly action: string;
  /** The resource as in the list of rights. */
  readonly resource: string;
  /** The resource of the call, without wildcards and with symbols. */
  readonly arn: string;
}

const BUCKET = '<Storage/Bucket.Arn>';

/** Keys that no role may write, read or delete. */
const OTHER_KEYS = [`${BUCKET}/users/*/videos/*/other`, `${BUCKET}/other`, `${BUCKET}/users/*/source.*`];

const OBJECT_ACTIONS = ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'];
const BUCKET_ACTIONS = [
  's3:ListBucket',
  's3:ListBucketMultipartUploads',
  's3:DeleteBucket',
  's3:PutBucketPolicy',
];
const QUEUE_ACTIONS = [
  'sqs:SendMessage',
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:ChangeMessageVisibility',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:PurgeQueue',
  'sqs:DeleteQueue',
];
const ITEM_ACTIONS = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:Scan'];

/**
 * Every action that any role has, on every resource of its kind, and dangerous actions that no role has.
 * @param pathsOf paths of all deployed resources of a type
 */
export const probedCalls = (pathsOf: (type: string) => string[]): ProbedResource[] => {
  const all = (actions: readonly string[], resources: readonly string[]): ProbedResource[] =>
    actions.flatMap((action) =>
      resources.map((resource) => ({ action, resource, arn: withoutWildcards(resource) })),
    );
  const arns = (type: string) => pathsOf(type).map((path) => `<${path}.Arn>`);
  return [
    ...all(OBJECT_ACTIONS, [SOURCES, FRAMES, ZIPS, PROBES, ...OTHER_KEYS]),
    ...all(BUCKET_ACTIONS, [BUCKET]),
    ...all(QUEUE_ACTIONS, arns('AWS::SQS::Queue')),
    ...all([...ITEM_ACTIONS, 'dynamodb:DeleteTable'], [SAGAS]),
    ...all(['dynamodb:Query'], [SAGAS, `${SAGAS}/index/due`]),
    ...all(
      ['lambda:InvokeFunction'],
      arns('AWS::Lambda::Function').map((arn) => `${arn}:*`),
    ),
    ...all(['lambda:UpdateFunctionConfiguration'], ['<Upload/Http.Arn>']),
    // A secret's physical id is its ARN.
    ...all(
      ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
      pathsOf('AWS::SecretsManager::Secret').map((path) => `<${path}>`),
    ),
    ...all(['iam:ListRoles', 'iam:CreateUser', 'cloudformation:DescribeStacks'], ['*']),
    ...all(['iam:PutRolePolicy'], ['arn:aws:iam::<account>:role/<Upload/Http/ServiceRole>']),
    ...all(['logs:CreateLogGroup', 'logs:DeleteLogGroup'], ['<Upload/HttpLogs>']),
    ...all(['logs:CreateLogStream'], ['*']),
  ];
};

/** Replaces each wildcard with a name, and the version of a function with its newest one. */
const withoutWildcards = (resource: string): string =>
  resource === '*' ? resource : resource.replace(/:\*$/, ':$LATEST').replaceAll('*', 'probe');

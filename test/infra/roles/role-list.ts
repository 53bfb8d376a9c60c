/**
 * The complete list of the app's roles and their rights. The test fails on a right that a template grants without an
 * entry here, and on an entry that no template grants.
 *
 * Resources are named by the paths of their constructs, which are the same in every stage (../symbols.ts).
 */

const BUCKET = '<Storage/Bucket.Arn>';
export const SOURCES = `${BUCKET}/users/*/videos/*/source.*`;
export const FRAMES = `${BUCKET}/users/*/videos/*/results/*/frames/*`;
export const ZIPS = `${BUCKET}/users/*/videos/*/results/*/frames.zip`;
export const PROBES = `${BUCKET}/probes/*`;
const SITE = '<Site/Bucket.Arn>';
export const SAGAS = '<Sagas/Table.Arn>';

const on = (resource: string, ...actions: string[]): string[] =>
  actions.map((action) => `${action} on ${resource}`);
const queue = (path: string): string => `<${path}.Arn>`;
const [LIST, UPLOADS] = ['s3:ListBucket', 's3:ListBucketMultipartUploads'];

/** Stage local has one architecture, so it has no separate self-test of the functions. */
const SELF_TEST_OF_FUNCTIONS = '<SelfTest/Functions.Arn>:*';

/** Whether stage local lacks the right, as it has neither RDS, ElastiCache nor ECS. */
export const isAwsOnly = (right: string): boolean =>
  /^(rds-db:connect|elasticache:Connect|ecs:\w+) /.test(right) ||
  right.endsWith(` on ${SELF_TEST_OF_FUNCTIONS}`);

/** The right to log in to PostgreSQL as the role of this name only. */
const database = (role: string): string[] =>
  on(
    `arn:aws:rds-db:<region>:<account>:dbuser:<Database/Instance.DbiResourceId>/frame_flow_${role}`,
    'rds-db:connect',
  );
const REDIS = ['replicationgroup:<Valkey/ReplicationGroup>', 'user:<Valkey/User>'].flatMap((resource) =>
  on(`arn:aws:elasticache:<region>:<account>:${resource}`, 'elasticache:Connect'),
);
const inspectSources = [...on(SOURCES, 's3:GetObject', 's3:DeleteObject'), ...on(BUCKET, LIST)];
const discard = [
  ...[FRAMES, ZIPS].flatMap((keys) => on(keys, 's3:DeleteObject', 's3:AbortMultipartUpload')),
  ...on(BUCKET, LIST, UPLOADS),
];
const extract = [
  ...on(SOURCES, 's3:GetObject'),
  ...[FRAMES, ZIPS].flatMap((keys) => on(keys, 's3:PutObject')),
  ...discard,
];
const serve = [...[FRAMES, ZIPS].flatMap((keys) => on(keys, 's3:GetObject')), ...on(BUCKET, LIST)];
const expire = [...[FRAMES, ZIPS].flatMap((keys) => on(keys, 's3:DeleteObject')), ...on(BUCKET, LIST)];
const decide = on(SAGAS, 'dynamodb:GetItem', 'dynamodb:PutItem');

const RECEIVE = [
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:ReceiveMessage',
];
/** The rights that Lambda's poller uses on behalf of the function. */
const consume = (...paths: string[]): string[] =>
  paths.flatMap((path) => on(queue(path), 'sqs:GetQueueUrl', ...RECEIVE));
const consumeInbox = (path: string): string[] => consume(`${path}/Queue`, `${path}/DeadLetters`);

const pullImage = (logs: string): string[] => [
  ...on(
    'arn:aws:ecr:<region>:<account>:repository/cdk-hnb659fds-container-assets-<account>-<region>',
    'ecr:BatchCheckLayerAvailability',
    'ecr:BatchGetImage',
    'ecr:GetDownloadUrlForLayer',
  ),
  ...on('*', 'ecr:GetAuthorizationToken'),
  ...on(`<${logs}.Arn>`, 'logs:CreateLogStream', 'logs:PutLogEvents'),
];

/**
 * The owner of a role: one of our functions; the code of a container; ECS, which starts the container; or CDK and API
 * Gateway. The last two run none of our code.
 */
export type RoleKind = 'function' | 'task' | 'execution' | 'provider';

export interface ListedRole {
  readonly kind: RoleKind;
  readonly rights: readonly string[];
  /** Names of AWS's own policies. @default - the policies of every role of its kind */
  readonly managedPolicies?: readonly string[];
  /** Whether stage local lacks the role. @default - true for kind `task` and `execution` */
  readonly awsOnly?: boolean;
}

const functionRole = (...rights: string[][]): ListedRole => ({ kind: 'function', rights: rights.flat() });
const taskRole = (...rights: string[][]): ListedRole => ({ kind: 'task', rights: rights.flat() });

/** The self-test logs in once as each role and tests the bucket under a prefix of its own. */
const selfTest = functionRole(
  [
    ...[
      'auth',
      'auth_http',
      'auth_authorizer',
      'upload',
      'upload_http',
      'process',
      'download',
      'download_http',
    ],
  ].flatMap(database),
  REDIS,
  on(PROBES, 's3:PutObject', 's3:GetObject', 's3:DeleteObject'),
);

/** By the path of the role's construct. */
const ROLE_LIST: Readonly<Record<string, ListedRole>> = {
  'Health/Http/ServiceRole': functionRole(),
  'Auth/Http/ServiceRole': functionRole(database('auth_http'), REDIS),
  'Auth/Authorizer/ServiceRole': functionRole(database('auth_authorizer')),
  'Auth/RotateKeys/ServiceRole': functionRole(database('auth')),
  'Upload/Http/ServiceRole': functionRole(database('upload_http'), REDIS, on(SOURCES, 's3:PutObject')),
  'Upload/InboxHandler/ServiceRole': functionRole(
    database('upload'),
    REDIS,
    on(SOURCES, 's3:DeleteObject'),
    consumeInbox('Upload/Inbox'),
  ),
  'Upload/Sweep/ServiceRole': functionRole(database('upload'), REDIS, inspectSources),
  'Upload/ObjectCreatedHandler/ServiceRole': functionRole(
    database('upload'),
    REDIS,
    inspectSources,
    consumeInbox('Upload/ObjectCreated'),
  ),
  'Process/InboxHandler/ServiceRole': functionRole(
    database('process'),
    REDIS,
    extract,
    consume('Process/Inbox/Queue'),
  ),
  'Process/Sweep/ServiceRole': functionRole(database('process'), REDIS, discard),
  'Process/DeadLetters/ServiceRole': functionRole(
    database('process'),
    REDIS,
    discard,
    consume('Process/Inbox/DeadLetters', 'Process/WorkerInbox/DeadLetters'),
  ),
  'Process/Worker/Task/TaskRole': taskRole(
    database('process'),
    REDIS,
    extract,
    on(queue('Process/WorkerInbox/Queue'), ...RECEIVE),
    // Keeps ECS from stopping a task while it works.
    on(
      'arn:aws:ecs:<region>:<account>:task/<Cluster>/*',
      'ecs:GetTaskProtection',
      'ecs:UpdateTaskProtection',
    ),
  ),
  'Download/Http/ServiceRole': functionRole(database('download_http'), REDIS, serve),
  'Download/InboxHandler/ServiceRole': functionRole(
    database('download'),
    REDIS,
    serve,
    consumeInbox('Download/Inbox'),
  ),
  'Download/Sweep/ServiceRole': functionRole(database('download'), REDIS, expire),
  'Orchestrator/InboxHandler/ServiceRole': functionRole(REDIS, decide, consumeInbox('Orchestrator/Inbox')),
  'Orchestrator/Sweep/ServiceRole': functionRole(REDIS, decide, on(`${SAGAS}/index/due`, 'dynamodb:Query')),
  'Relay/Service/Task/TaskRole': taskRole(
    REDIS,
    ['Upload/Inbox', 'Process/Inbox', 'Process/WorkerInbox', 'Download/Inbox', 'Orchestrator/Inbox'].flatMap(
      (inbox) => on(queue(`${inbox}/Queue`), 'sqs:SendMessage'),
    ),
    on(queue('Process/WorkerInbox/Queue'), 'sqs:GetQueueAttributes'),
  ),
  'Migrations/Migrate/ServiceRole': functionRole(database('admin')),
  'SelfTest/Functions/ServiceRole': { ...selfTest, awsOnly: true },
  'SelfTest/Extraction/ServiceRole': selfTest,
  'Site/Publish/ServiceRole': {
    ...functionRole(on(`${SITE}/*`, 's3:PutObject', 's3:DeleteObject'), on(SITE, LIST)),
    awsOnly: true,
  },
  'Site/Publisher/framework-onEvent/ServiceRole': {
    kind: 'provider',
    rights: [
      ...on('<Site/Publish.Arn>', 'lambda:GetFunction', 'lambda:InvokeFunction'),
      ...on('<Site/Publish.Arn>:*', 'lambda:InvokeFunction'),
    ],
    managedPolicies: ['AWSLambdaBasicExecutionRole'],
    awsOnly: true,
  },
  'Process/Worker/Task/ExecutionRole': { kind: 'execution', rights: pullImage('Process/Worker/Logs') },
  'Relay/Service/Task/ExecutionRole': { kind: 'execution', rights: pullImage('Relay/Service/Logs') },
  'AWSCDK.TriggerCustomResourceProviderCustomResourceProvider/Role': {
    kind: 'provider',
    rights: [
      ...on('<Migrations/Migrate.Arn>:*', 'lambda:InvokeFunction'),
      ...on('<SelfTest/Extraction.Arn>:*', 'lambda:InvokeFunction'),
      ...on(SELF_TEST_OF_FUNCTIONS, 'lambda:InvokeFunction'),
    ],
    managedPolicies: ['AWSLambdaBasicExecutionRole'],
  },
  'Custom::VpcRestrictDefaultSGCustomResourceProvider/Role': {
    kind: 'provider',
    rights: on(
      'arn:aws:ec2:<region>:<account>:security-group/<Vpc.DefaultSecurityGroup>',
      'ec2:AuthorizeSecurityGroupEgress',
      'ec2:AuthorizeSecurityGroupIngress',
      'ec2:RevokeSecurityGroupEgress',
      'ec2:RevokeSecurityGroupIngress',
    ),
    managedPolicies: ['AWSLambdaBasicExecutionRole'],
    awsOnly: true,
  },
  'Api/RestApi/CloudWatchRole': {
    kind: 'provider',
    rights: [],
    managedPolicies: ['AmazonAPIGatewayPushToCloudWatchLogs'],
    awsOnly: true,
  },
};

/** A role of the list as a stage has it. */
export interface ExpectedRole {
  readonly path: string;
  readonly rights: readonly string[];
  readonly managedPolicies: readonly string[];
}

/** The list for dev and prod, or for stage local, sorted by path. */
export const expectedRoles = (where: 'aws' | 'local'): ExpectedRole[] =>
  Object.entries(ROLE_LIST)
    .filter(([, role]) => where === 'aws' || !isMissingLocally(role))
    .map(([path, role]) => ({
      path,
      rights: role.rights.filter((right) => where === 'aws' || !isAwsOnly(right)).toSorted(),
      managedPolicies: role.managedPolicies ?? MANAGED_POLICIES[role.kind][where],
    }))
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));

const isMissingLocally = ({ kind, awsOnly }: ListedRole): boolean =>
  awsOnly ?? (kind === 'task' || kind === 'execution');

const MANAGED_POLICIES: Record<RoleKind, Record<'aws' | 'local', string[]>> = {
  function: {
    aws: ['AWSLambdaBasicExecutionRole', 'AWSLambdaVPCAccessExecutionRole'],
    local: ['AWSLambdaBasicExecutionRole'],
  },
  task: { aws: [], local: [] },
  execution: { aws: [], local: [] },
  provider: { aws: [], local: [] },
};

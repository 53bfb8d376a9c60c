import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  DeleteItemCommand,
  DeleteTableCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { CreateUserCommand, ListRolesCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { InvokeCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import {
  AbortMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { SAGA_DUE_INDEX } from '../../functions/contracts/env.ts';
import type { Clients } from './clients.ts';

/**
 * A name that does not exist, so that a probe with it as key, upload or receipt has no effect even if it is allowed.
 */
const NOWHERE = 'probe';

/** The last part of an ARN: a queue's or a function's name. */
const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);
const tableOf = (arn: string): string => arn.split('/')[1] ?? '';
const objectOf = (arn: string): { Bucket: string; Key: string } => {
  const path = arn.slice(arn.lastIndexOf(':') + 1);
  const slash = path.indexOf('/');
  return { Bucket: path.slice(0, slash), Key: path.slice(slash + 1) };
};
const bucketOf = (arn: string): string => nameOf(arn);

type Probe = (clients: Clients, arn: string, endpoint: string) => Promise<unknown>;

const queueUrl = (arn: string, endpoint: string): string =>
  `${endpoint}/${arn.split(':')[4] ?? ''}/${nameOf(arn)}`;

/**
 * The call of each action, without effect even if it is allowed: with names that do not exist, with false conditions,
 * or with an invalid parameter that the service checks after the rights.
 */
export const PROBES: Readonly<Record<string, Probe>> = {
  's3:GetObject': ({ s3 }, arn) => s3.send(new GetObjectCommand(objectOf(arn))),
  's3:PutObject': ({ s3 }, arn) =>
    s3.send(new PutObjectCommand({ ...objectOf(arn), Body: NOWHERE, IfMatch: `"${NOWHERE}"` })),
  's3:DeleteObject': ({ s3 }, arn) => s3.send(new DeleteObjectCommand(objectOf(arn))),
  's3:AbortMultipartUpload': ({ s3 }, arn) =>
    s3.send(new AbortMultipartUploadCommand({ ...objectOf(arn), UploadId: NOWHERE })),
  's3:ListBucket': ({ s3 }, arn) => s3.send(new ListObjectsV2Command({ Bucket: bucketOf(arn), MaxKeys: 1 })),
  's3:ListBucketMultipartUploads': ({ s3 }, arn) =>
    s3.send(new ListMultipartUploadsCommand({ Bucket: bucketOf(arn), MaxUploads: 1 })),
  's3:DeleteBucket': ({ s3 }, arn) => s3.send(new DeleteBucketCommand({ Bucket: bucketOf(arn) })),
  's3:PutBucketPolicy': ({ s3 }, arn) =>
    s3.send(new PutBucketPolicyCommand({ Bucket: bucketOf(arn), Policy: 'no policy' })),
  'sqs:SendMessage': ({ sqs }, arn, endpoint) =>
    // A FIFO queue requires a group, and every other queue refuses an attribute of this type.
    sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl(arn, endpoint),
        MessageBody: NOWHERE,
        MessageAttributes: { probe: { DataType: 'Unknown', StringValue: NOWHERE } },
      }),
    ),
  'sqs:ReceiveMessage': ({ sqs }, arn, endpoint) =>
    sqs.send(
      new ReceiveMessageCommand({
        ...{ QueueUrl: queueUrl(arn, endpoint), VisibilityTimeout: 0, WaitTimeSeconds: 0 },
        MaxNumberOfMessages: 11,
      }),
    ),
  'sqs:DeleteMessage': ({ sqs }, arn, endpoint) =>
    sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl(arn, endpoint), ReceiptHandle: NOWHERE })),
  'sqs:ChangeMessageVisibility': ({ sqs }, arn, endpoint) =>
    sqs.send(
      new ChangeMessageVisibilityCommand({
        ...{ QueueUrl: queueUrl(arn, endpoint), ReceiptHandle: NOWHERE, VisibilityTimeout: 0 },
      }),
    ),
  'sqs:GetQueueAttributes': ({ sqs }, arn, endpoint) =>
    sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl(arn, endpoint), AttributeNames: ['QueueArn'] }),
    ),
  'sqs:GetQueueUrl': ({ sqs }, arn) => sqs.send(new GetQueueUrlCommand({ QueueName: nameOf(arn) })),
  'sqs:PurgeQueue': ({ sqs }, arn, endpoint) =>
    sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl(arn, endpoint) })),
  'sqs:DeleteQueue': ({ sqs }, arn, endpoint) =>
    sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl(arn, endpoint) })),
  'dynamodb:GetItem': ({ dynamo }, arn) =>
    dynamo.send(new GetItemCommand({ TableName: tableOf(arn), Key: { sagaId: { S: NOWHERE } } })),
  'dynamodb:PutItem': ({ dynamo }, arn) =>
    dynamo.send(
      new PutItemCommand({
        TableName: tableOf(arn),
        Item: { sagaId: { S: NOWHERE } },
        ConditionExpression: 'attribute_exists(sagaId)',
      }),
    ),
  'dynamodb:DeleteItem': ({ dynamo }, arn) =>
    dynamo.send(
      new DeleteItemCommand({
        TableName: tableOf(arn),
        Key: { sagaId: { S: NOWHERE } },
        ConditionExpression: 'attribute_exists(sagaId)',
      }),
    ),
  'dynamodb:Query': ({ dynamo }, arn) =>
    dynamo.send(
      new QueryCommand(
        arn.endsWith(`/index/${SAGA_DUE_INDEX}`)
          ? { ...query(arn, 'dueShard'), IndexName: SAGA_DUE_INDEX }
          : query(arn, 'sagaId'),
      ),
    ),
  'dynamodb:Scan': ({ dynamo }, arn) => dynamo.send(new ScanCommand({ TableName: tableOf(arn), Limit: 1 })),
  'dynamodb:DeleteTable': ({ dynamo }, arn) =>
    dynamo.send(new DeleteTableCommand({ TableName: tableOf(arn) })),
  'lambda:InvokeFunction': ({ lambda }, arn) =>
    lambda.send(new InvokeCommand({ FunctionName: arn, InvocationType: 'DryRun' })),
  'lambda:UpdateFunctionConfiguration': ({ lambda }, arn) =>
    lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: arn, Description: NOWHERE })),
  'secretsmanager:GetSecretValue': ({ secrets }, arn) =>
    secrets.send(new GetSecretValueCommand({ SecretId: arn })),
  'secretsmanager:PutSecretValue': ({ secrets }, arn) =>
    secrets.send(new PutSecretValueCommand({ SecretId: arn, SecretString: NOWHERE })),
  'iam:ListRoles': ({ iam }) => iam.send(new ListRolesCommand({})),
  'iam:CreateUser': ({ iam }) => iam.send(new CreateUserCommand({ UserName: NOWHERE })),
  'iam:PutRolePolicy': ({ iam }, arn) =>
    iam.send(
      new PutRolePolicyCommand({
        RoleName: arn.slice(arn.lastIndexOf('/') + 1),
        PolicyName: NOWHERE,
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [] }),
      }),
    ),
  'cloudformation:DescribeStacks': ({ cloudFormation }) => cloudFormation.send(new DescribeStacksCommand({})),
  'logs:CreateLogGroup': ({ logs }, arn) =>
    logs.send(new CreateLogGroupCommand({ logGroupName: nameOf(arn) })),
  'logs:CreateLogStream': ({ logs }) =>
    logs.send(new CreateLogStreamCommand({ logGroupName: NOWHERE, logStreamName: NOWHERE })),
  'logs:DeleteLogGroup': ({ logs }, arn) =>
    logs.send(new DeleteLogGroupCommand({ logGroupName: nameOf(arn) })),
};

const query = (arn: string, key: string) => ({
  TableName: tableOf(arn),
  KeyConditionExpression: '#key = :key',
  ExpressionAttributeNames: { '#key': key },
  ExpressionAttributeValues: { ':key': { S: NOWHERE } },
});

/** The services' error names for a lack of rights. */
const DENIALS = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'AuthorizationErrorException',
]);

/**
 * Makes the call of an action.
 * @returns whether it was allowed. An error for another reason shows that the service has checked the rights before.
 * @throws Error if the credentials or the service fail
 */
export const isAllowed = async (
  action: string,
  clients: Clients,
  arn: string,
  endpoint: string,
): Promise<boolean> => {
  const probe = PROBES[action];
  if (!probe) throw new Error(`No probe makes the call ${action}`);
  try {
    await probe(clients, arn, endpoint);
    return true;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (DENIALS.has(error.name)) return false;
    if (AFTER_THE_RIGHTS.has(error.name)) return true;
    throw new Error(`${action} on ${arn} was answered with ${error.name}: ${error.message}`, {
      cause: error,
    });
  }
};

/** The errors of allowed probes. An unknown error fails the test and does not count as allowed. */
const AFTER_THE_RIGHTS = new Set([
  'NoSuchKey',
  'NoSuchUpload',
  'PreconditionFailed',
  'ConditionalCheckFailedException',
  'ReceiptHandleIsInvalid',
  'InvalidParameterValue',
  'MissingParameter',
  'ResourceNotFoundException',
  'ResourceAlreadyExistsException',
]);

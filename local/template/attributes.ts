import { PARTITION, REGION } from '../constants.ts';
import {
  arnOf,
  bucketNameOf,
  functionNameOf,
  queueNameOf,
  shortIdOf,
  tableNameOf,
} from './physical-names.ts';

/** A resource for the attribute readers. */
export interface NamedResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** The resolved property if it is a string; otherwise undefined. */
  readonly text: (property: string) => string | undefined;
  /** Whether the resolved property is true. */
  readonly flag: (property: string) => boolean;
}

/** The local endpoints that appear in attributes. */
export interface AttributeEnvironment {
  /** `http://127.0.0.1:port` */
  readonly queueEndpoint: string;
  /** `http://localhost:port`, without a trailing slash. */
  readonly storageUrl: string;
}

type Attributes = Readonly<Record<string, string>>;
type Reader = (resource: NamedResource, environment: AttributeEnvironment) => Attributes;

/** The name under which attributes contain the value of `Ref`. */
export const REF = 'Ref';

const functionArnIn = (reference: string): string =>
  reference.startsWith('arn:') ? reference : arnOf('lambda', `function:${reference}`);

const bucket: Reader = ({ stack, logicalId, text }, { storageUrl }) => {
  const name = text('BucketName') ?? bucketNameOf(stack, logicalId);
  const domain = `${new URL(storageUrl).host}/${name}`;
  return {
    [REF]: name,
    Arn: `arn:${PARTITION}:s3:::${name}`,
    DomainName: domain,
    RegionalDomainName: domain,
  };
};

const queue: Reader = ({ stack, logicalId, text, flag }, { queueEndpoint }) => {
  const name = text('QueueName') ?? queueNameOf(stack, logicalId, flag('FifoQueue'));
  const url = `${queueEndpoint}/000000000000/${name}`;
  return { [REF]: url, Arn: arnOf('sqs', name), QueueName: name, QueueUrl: url };
};

const table: Reader = ({ stack, logicalId, text }) => {
  const name = text('TableName') ?? tableNameOf(stack, logicalId);
  const arn = arnOf('dynamodb', `table/${name}`);
  return { [REF]: name, Arn: arn, TableId: shortIdOf(stack, logicalId), StreamArn: `${arn}/stream/local` };
};

const lambdaFunction: Reader = ({ stack, logicalId, text }) => {
  const name = text('FunctionName') ?? functionNameOf(stack, logicalId);
  return { [REF]: name, Arn: arnOf('lambda', `function:${name}`) };
};

const lambdaVersion: Reader = ({ text }) => {
  const arn = `${functionArnIn(text('FunctionName') ?? '')}:1`;
  return { [REF]: arn, FunctionArn: arn, Version: '1' };
};

const lambdaAlias: Reader = ({ text }) => {
  const arn = `${functionArnIn(text('FunctionName') ?? '')}:${text('Name') ?? 'live'}`;
  return { [REF]: arn, AliasArn: arn };
};

const secret: Reader = ({ stack, logicalId, text }) => {
  const arn = arnOf('secretsmanager', `secret:${text('Name') ?? `${stack}-${logicalId}`}`);
  return { [REF]: arn, Id: arn };
};

const restApi: Reader = ({ stack, logicalId }) => {
  const id = shortIdOf(stack, logicalId);
  return { [REF]: id, RestApiId: id, RootResourceId: `${id}-root` };
};

const identified: Reader = ({ stack, logicalId }) => {
  const id = shortIdOf(stack, logicalId);
  return {
    [REF]: id,
    ResourceId: id,
    AuthorizerId: id,
    DeploymentId: id,
    Id: id,
    Arn: arnOf('local', `${stack}/${logicalId}`),
  };
};

const stage: Reader = ({ text }) => ({ [REF]: text('StageName') ?? 'prod' });

const parameter: Reader = ({ stack, logicalId, text }) => ({
  [REF]: text('Name') ?? `${stack}-${logicalId}`,
  Type: text('Type') ?? 'String',
  Value: text('Value') ?? '',
});

const logGroup: Reader = ({ stack, logicalId, text }) => {
  const name = text('LogGroupName') ?? `${stack}-${logicalId}`;
  return { [REF]: name, Arn: `arn:${PARTITION}:logs:${REGION}:000000000000:log-group:${name}:*` };
};

const READERS: Readonly<Record<string, Reader>> = {
  'AWS::S3::Bucket': bucket,
  'AWS::SQS::Queue': queue,
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::Lambda::Version': lambdaVersion,
  'AWS::Lambda::Alias': lambdaAlias,
  'AWS::SecretsManager::Secret': secret,
  'AWS::ApiGateway::RestApi': restApi,
  'AWS::ApiGateway::Resource': identified,
  'AWS::ApiGateway::Method': identified,
  'AWS::ApiGateway::Authorizer': identified,
  'AWS::ApiGateway::Deployment': identified,
  'AWS::ApiGateway::Stage': stage,
  'AWS::ApiGateway::RequestValidator': identified,
  'AWS::SSM::Parameter': parameter,
  'AWS::Logs::LogGroup': logGroup,
  'AWS::Events::Rule': identified,
  'AWS::IAM::Role': identified,
};

/** The attributes of a resource that the dev stack supports; undefined for a type that it does not run. */
export const attributesOf = (
  resource: NamedResource,
  environment: AttributeEnvironment,
): Attributes | undefined => READERS[resource.type]?.(resource, environment);

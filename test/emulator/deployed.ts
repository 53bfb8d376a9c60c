import { DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import * as z from 'zod';
import { ACCOUNT_ID, PARTITION } from '../../local/constants.ts';
import type { Clients } from './clients.ts';
import { EmulatorError } from './errors.ts';

export const DATA_STACK = 'FrameFlow-local-Data';
export const APP_STACK = 'FrameFlow-local-App';

/** A resource of a deployed stack. */
export interface DeployedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
}

/** The outputs of a stack. @throws EmulatorError if there is no such stack */
export const outputsOf = async ({ cloudFormation }: Clients, stack: string): Promise<Map<string, string>> => {
  const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stack }));
  const [found] = Stacks;
  if (!found) throw new EmulatorError(`There is no stack ${stack}`);
  return new Map(found.Outputs?.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
};

/** The status of a stack in CloudFormation, for example UPDATE_COMPLETE. */
export const statusOf = async ({ cloudFormation }: Clients, stack: string): Promise<string | undefined> => {
  const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stack }));
  return Stacks[0]?.StackStatus;
};

export const resourcesOf = async (
  { cloudFormation }: Clients,
  stack: string,
): Promise<DeployedResource[]> => {
  const resources: DeployedResource[] = [];
  let NextToken: string | undefined;
  do {
    const page = await cloudFormation.send(new ListStackResourcesCommand({ StackName: stack, NextToken }));
    for (const { LogicalResourceId, ResourceType, PhysicalResourceId } of page.StackResourceSummaries ?? []) {
      resources.push({
        logicalId: LogicalResourceId ?? '',
        type: ResourceType ?? '',
        physicalId: PhysicalResourceId ?? '',
      });
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return resources;
};

/** The ARN of a resource, for the types that statements of our roles name; undefined for other types. */
export const arnOf = ({ type, physicalId }: DeployedResource, region: string): string | undefined => {
  const arn = (service: string, rest: string) =>
    `arn:${PARTITION}:${service}:${region}:${ACCOUNT_ID}:${rest}`;
  switch (type) {
    case 'AWS::S3::Bucket':
      return `arn:${PARTITION}:s3:::${physicalId}`;
    case 'AWS::SQS::Queue':
      return arn('sqs', physicalId.slice(physicalId.lastIndexOf('/') + 1));
    case 'AWS::DynamoDB::Table':
      return arn('dynamodb', `table/${physicalId}`);
    case 'AWS::Lambda::Function':
      return arn('lambda', `function:${physicalId}`);
    default:
      return undefined;
  }
};

/** The content of an output `Container<Name>` of stage local (lib/constructs/local-container.ts). */
export const ContainerOutput = z.object({
  name: z.string(),
  directory: z.string(),
  command: z.array(z.string()).nonempty(),
  environment: z.record(z.string(), z.string()),
  stopTimeoutSeconds: z.number(),
});

/** The API's address as a path that needs no name resolution, with a slash at its end. */
export const apiUrlOf = (apiUrl: string, endpoint: string): string => {
  const { hostname, pathname } = new URL(apiUrl);
  const [apiId] = hostname.split('.');
  return `${endpoint}/_aws/execute-api/${apiId}${pathname}`;
};

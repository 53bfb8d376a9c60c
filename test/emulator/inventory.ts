import { GetRestApisCommand } from '@aws-sdk/client-api-gateway';
import { ListStacksCommand, StackStatus } from '@aws-sdk/client-cloudformation';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { ListEventSourceMappingsCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import type { Clients } from './clients.ts';

/** Whether `cdk bootstrap` created the resource, which `cdk destroy` does not delete. */
const isOfBootstrap = (name: string): boolean => name === 'CDKToolkit' || name.startsWith('cdk-hnb659fds-');

/** Everything in the account that a stage could leave behind, by kind, without the resources of the bootstrap. */
export const inventory = async (clients: Clients): Promise<Record<string, string[]>> => {
  const { apiGateway, cloudFormation, dynamo, events, iam, lambda, logs, s3, secrets, sqs } = clients;
  const living = Object.values(StackStatus).filter((status) => status !== 'DELETE_COMPLETE');
  const [stacks, functions, mappings, queues, buckets, tables, groups, roles, rules, apis, values] =
    await Promise.all([
      cloudFormation.send(new ListStacksCommand({ StackStatusFilter: living })),
      lambda.send(new ListFunctionsCommand({})),
      lambda.send(new ListEventSourceMappingsCommand({})),
      sqs.send(new ListQueuesCommand({})),
      s3.send(new ListBucketsCommand({})),
      dynamo.send(new ListTablesCommand({})),
      logs.send(new DescribeLogGroupsCommand({})),
      iam.send(new ListRolesCommand({})),
      events.send(new ListRulesCommand({})),
      apiGateway.send(new GetRestApisCommand({})),
      secrets.send(new ListSecretsCommand({ IncludePlannedDeletion: false })),
    ]);
  return {
    stacks: named(stacks.StackSummaries, ({ StackName }) => StackName),
    functions: named(functions.Functions, ({ FunctionName }) => FunctionName),
    eventSources: named(mappings.EventSourceMappings, ({ EventSourceArn }) => EventSourceArn),
    queues: queues.QueueUrls ?? [],
    buckets: named(buckets.Buckets, ({ Name }) => Name),
    tables: tables.TableNames ?? [],
    logGroups: named(groups.logGroups, ({ logGroupName }) => logGroupName),
    roles: named(roles.Roles, ({ RoleName }) => RoleName),
    rules: named(rules.Rules, ({ Name }) => Name),
    apis: named(apis.items, ({ name }) => name),
    secrets: named(values.SecretList, ({ Name }) => Name),
  };
};

const named = <Item>(items: readonly Item[] = [], nameOf: (item: Item) => string | undefined): string[] =>
  items.map((item) => nameOf(item) ?? '').filter((name) => !isOfBootstrap(name));

import { CfnResource, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';

/**
 * Gives the functions that CDK itself brings (they run while a stack is deployed) a log group that does not grow for
 * ever. To be called when all else in the stack is there.
 */
export const keepProviderLogs = (stack: Stack, retentionDays: logs.RetentionDays): void => {
  const providers = stack.node
    .findAll()
    .filter((node) => node instanceof CfnResource)
    .filter(
      (node) => node.cfnResourceType === 'AWS::Lambda::Function' && !(node instanceof lambda.CfnFunction),
    );
  for (const provider of providers) {
    const group = new logs.LogGroup(stack, `${provider.node.scope?.node.id ?? 'Provider'}Logs`, {
      retention: retentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    provider.addPropertyOverride('LoggingConfig', { LogGroup: group.logGroupName });
  }
};

import { CfnResource, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';

/**
 * Adds log groups with limited retention for CDK's own functions, which run during a deployment. Call this after
 * everything else in the stack exists.
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

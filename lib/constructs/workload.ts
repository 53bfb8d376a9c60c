import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';

/**
 * Whatever runs our code: a function or a container. The owner of a resource gives it the right to use the resource,
 * the way to reach it and the variables that name it, in one call.
 */
export interface Workload extends iam.IGrantable, ec2.IConnectable {
  addEnvironment(name: string, value: string): unknown;
}

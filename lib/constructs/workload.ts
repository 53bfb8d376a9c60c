import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';

/**
 * Whatever runs our code: a function or a container. The owner of a resource gives it the right to use the resource,
 * the way to reach it and the variables that name it, in one call.
 */
export interface Workload extends iam.IGrantable, ec2.IConnectable {
  addEnvironment(name: string, value: string): unknown;
}

/**
 * Lets a workload in the VPC call S3 and DynamoDB. Isolated subnets have no other route out than their gateway
 * endpoints, so any address means these two services; their address lists have an id per region, which a template
 * for every region cannot name.
 */
export const openGatewayEndpoints = ({ connections }: Workload): void =>
  connections.allowToAnyIpv4(ec2.Port.tcp(443), 'S3 and DynamoDB');

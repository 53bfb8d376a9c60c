import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';

/**
 * A function or a container. The owner of a resource grants the permissions, opens the connection and sets the
 * variables, in one call.
 */
export interface Workload extends iam.IGrantable, ec2.IConnectable {
  addEnvironment(name: string, value: string): unknown;
}

/**
 * Lets a workload in the VPC call S3 and DynamoDB. Isolated subnets have routes only to their gateway endpoints, so any
 * address means these two services. A template for all regions cannot use the services' address lists, because their
 * ids differ per region.
 */
export const openGatewayEndpoints = ({ connections }: Workload): void =>
  connections.allowToAnyIpv4(ec2.Port.tcp(443), 'S3 and DynamoDB');

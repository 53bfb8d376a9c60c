import { Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/stage.ts';
import { asCluster, asVpc } from '../constructs/cdk-interfaces.ts';
import type { Network } from '../constructs/platform.ts';
import { keepProviderLogs } from '../constructs/provider-logs.ts';

export interface NetworkStackProps extends StackProps {
  readonly config: StageConfig;
}

/**
 * Two zones, or those of the configuration, without NAT. Functions, database and Redis are in isolated subnets, which
 * reach S3 and DynamoDB through gateway endpoints; tokens are signed locally. The containers are in public subnets,
 * because they call SQS.
 */
export class NetworkStack extends Stack {
  readonly network: Network;

  constructor(scope: Construct, id: string, { config, ...props }: NetworkStackProps) {
    super(scope, id, props);
    const created = new ec2.Vpc(this, 'Vpc', {
      // A zone may lack Lambda or an instance class (for example use1-az3), and its name differs between accounts.
      ...(config.zones ? { availabilityZones: [...config.zones] } : { maxAzs: 2 }),
      natGateways: 0,
      subnetConfiguration: [
        { name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 20 },
        { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
      ],
      gatewayEndpoints: {
        S3: { service: ec2.GatewayVpcEndpointAwsService.S3 },
        DynamoDb: { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB },
      },
    });
    const vpc = asVpc(created);
    this.network = {
      vpc,
      isolatedSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      publicSubnets: { subnetType: ec2.SubnetType.PUBLIC },
      cluster: asCluster(new ecs.Cluster(this, 'Cluster', { vpc })),
    };
    keepProviderLogs(this, config.logRetentionDays);
  }
}

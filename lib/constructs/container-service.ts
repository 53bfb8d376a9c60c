import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Platform as ImagePlatform } from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENV_LOG_LEVEL, ENV_STAGE } from '../../functions/contracts/env.ts';
import { prepareContainerDirectory } from '../build/container-directory.ts';
import type { StageConfig } from '../config/stage.ts';
import { type ContainerProps, STOP_TIMEOUT } from './container.ts';
import type { Network } from './platform.ts';
import type { Workload } from './workload.ts';

export interface ContainerServiceProps extends ContainerProps {
  readonly config: StageConfig;
  readonly network: Network;
}

/**
 * A container on Fargate, in a public subnet because it calls SQS, without inbound access. A deployment that does not
 * start is rolled back. A task that must stop gets a signal and time to finish.
 */
export class ContainerService extends Construct implements Workload {
  readonly service: ecs.FargateService;
  readonly grantPrincipal: iam.IPrincipal;
  readonly connections: ec2.Connections;
  readonly #container: ecs.ContainerDefinition;

  constructor(scope: Construct, id: string, props: ContainerServiceProps) {
    super(scope, id);
    const { config, network } = props;
    const arm = props.architecture === 'arm64';
    const task = new ecs.FargateTaskDefinition(this, 'Task', {
      cpu: props.cpuUnits,
      memoryLimitMiB: props.memoryMegabytes,
      runtimePlatform: {
        cpuArchitecture: arm ? ecs.CpuArchitecture.ARM64 : ecs.CpuArchitecture.X86_64,
        operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
      },
    });
    this.#container = task.addContainer('Container', {
      image: ecs.ContainerImage.fromAsset(prepareContainerDirectory(props).path, {
        platform: arm ? ImagePlatform.LINUX_ARM64 : ImagePlatform.LINUX_AMD64,
      }),
      logging: ecs.LogDriver.awsLogs({
        streamPrefix: props.name,
        logGroup: new logs.LogGroup(this, 'Logs', {
          retention: config.logRetentionDays,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      }),
      environment: { [ENV_STAGE]: config.stage, [ENV_LOG_LEVEL]: config.logLevel, ...props.environment },
      stopTimeout: STOP_TIMEOUT,
      linuxParameters: new ecs.LinuxParameters(this, 'Linux', { initProcessEnabled: true }),
    });
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: network.vpc,
      description: `Container ${props.name}`,
      allowAllOutbound: false,
    });
    securityGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'AWS APIs');
    this.service = new ecs.FargateService(this, 'Service', {
      cluster: network.cluster,
      taskDefinition: task,
      securityGroups: [securityGroup],
      vpcSubnets: network.publicSubnets,
      assignPublicIp: true,
      circuitBreaker: { enable: true, rollback: true },
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      ...(props.desiredCount !== undefined && { desiredCount: props.desiredCount }),
    });
    this.grantPrincipal = task.taskRole;
    this.connections = securityGroup.connections;
  }

  /**
   * Lets a working task protect itself from scale-in. ECS requires both permissions (task scale-in protection
   * endpoint).
   */
  grantProtection(): void {
    iam.Grant.addToPrincipal({
      grantee: this,
      actions: ['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'],
      resourceArns: [
        Stack.of(this).formatArn({
          service: 'ecs',
          resource: 'task',
          resourceName: `${this.service.cluster.clusterName}/*`,
        }),
      ],
    });
  }

  addEnvironment(name: string, value: string): void {
    this.#container.addEnvironment(name, value);
  }
}

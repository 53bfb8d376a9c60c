import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { HTTP_FUNCTION_TIMEOUT_SECONDS } from '../../functions/contracts/answer-times.ts';
import { ENV_LOG_LEVEL, ENV_STAGE } from '../../functions/contracts/env.ts';
import { functionCode, type PackageFiles } from '../build/function-code.ts';
import type { StageConfig } from '../config/stage.ts';
import type { Network } from './platform.ts';

/** Lambda's copy of the RDS certificates. Node reads it only if NODE_EXTRA_CA_CERTS names it. */
const LAMBDA_CA_BUNDLE = '/var/runtime/ca-cert.pem';

/** Where a context's functions run. Their own security group opens only the connections that the context needs. */
export interface Placement {
  readonly vpc: ec2.IVpc;
  readonly vpcSubnets: ec2.SubnetSelection;
  readonly securityGroup: ec2.SecurityGroup;
}

/** Creates a closed security group for the functions of a context. The owners of resources open connections. */
export const placeFunctions = (scope: Construct, network: Network | undefined): Placement | undefined =>
  network && {
    vpc: network.vpc,
    vpcSubnets: network.isolatedSubnets,
    securityGroup: new ec2.SecurityGroup(scope, 'FunctionsSecurityGroup', {
      vpc: network.vpc,
      description: `Functions of ${scope.node.path}`,
      allowAllOutbound: false,
    }),
  };

export interface NodeFunctionProps {
  readonly config: StageConfig;
  /** The entry's path below `functions/`. */
  readonly entry: string;
  readonly description: string;
  /** Undefined in stage local. */
  readonly placement: Placement | undefined;
  readonly timeout: Duration;
  readonly memoryMegabytes: number;
  /** @default - 512 */
  readonly temporaryStorageMegabytes?: number;
  /** Reserved concurrency of the function. @default - none, no limit */
  readonly reservedConcurrency?: number | undefined;
  /** @default - the stage's */
  readonly architecture?: 'arm64' | 'x86_64';
  /** @default - none */
  readonly layers?: lambda.ILayerVersion[];
  /** Files of its package beside the bundle. @default - none */
  readonly files?: PackageFiles;
}

/** A function: one entry that esbuild bundles into an ES module, and logs with the stage's retention. */
export class NodeFunction extends lambda.Function {
  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    const { config, placement } = props;
    super(scope, id, {
      code: functionCode(props.entry, props.files),
      description: props.description,
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: architectureOf(props.architecture ?? config.functionArchitecture),
      timeout: props.timeout,
      memorySize: props.memoryMegabytes,
      ephemeralStorageSize: Size.mebibytes(props.temporaryStorageMegabytes ?? 512),
      layers: props.layers ?? [],
      ...(props.reservedConcurrency !== undefined && {
        reservedConcurrentExecutions: props.reservedConcurrency,
      }),
      ...(placement && {
        vpc: placement.vpc,
        vpcSubnets: placement.vpcSubnets,
        securityGroups: [placement.securityGroup],
      }),
      environment: {
        [ENV_STAGE]: config.stage,
        [ENV_LOG_LEVEL]: config.logLevel,
        ...(placement && { NODE_EXTRA_CA_CERTS: LAMBDA_CA_BUNDLE }),
      },
      logGroup: new logs.LogGroup(scope, `${id}Logs`, {
        retention: config.logRetentionDays,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    });
  }
}

const architectureOf = (name: 'arm64' | 'x86_64'): lambda.Architecture =>
  name === 'arm64' ? lambda.Architecture.ARM_64 : lambda.Architecture.X86_64;

/** Timeout and memory of common functions. */
export const SIZES = {
  http: { timeout: Duration.seconds(HTTP_FUNCTION_TIMEOUT_SECONDS), memoryMegabytes: 512 },
  /** A sweep ends before the next one starts. */
  sweep: { timeout: Duration.seconds(55), memoryMegabytes: 512 },
} as const;

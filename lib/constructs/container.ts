import { Duration } from 'aws-cdk-lib';
import type { ContainerDirectoryProps } from '../build/container-directory.ts';

/** Properties of a container, independent of where it runs. */
export interface ContainerProps extends ContainerDirectoryProps {
  readonly architecture: 'arm64' | 'x86_64';
  /** CPU units; 1024 are one vCPU. */
  readonly cpuUnits: number;
  readonly memoryMegabytes: number;
  /** The environment, without the variables that the owners of resources add. */
  readonly environment: Readonly<Record<string, string>>;
  /** @default - set by the service's scaling */
  readonly desiredCount?: number;
}

/** Time from SIGTERM to SIGKILL: Fargate's maximum. */
export const STOP_TIMEOUT = Duration.seconds(120);

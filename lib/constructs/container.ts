import { Duration } from 'aws-cdk-lib';
import type { ContainerDirectoryProps } from '../build/container-directory.ts';

/** What a container is, wherever it runs. */
export interface ContainerProps extends ContainerDirectoryProps {
  readonly architecture: 'arm64' | 'x86_64';
  /** 1024 are one vCPU. */
  readonly cpuUnits: number;
  readonly memoryMegabytes: number;
  /** Besides what the owners of its resources add. */
  readonly environment: Readonly<Record<string, string>>;
  /** @default - left to the scaling of the service */
  readonly desiredCount?: number;
}

/** From SIGTERM to SIGKILL: the longest that Fargate allows. */
export const STOP_TIMEOUT = Duration.seconds(120);

import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { StageConfig } from '../config/stage.ts';
import type { AuthKey } from './auth-key.ts';
import type { Database } from './database.ts';
import type { RedisChannel } from './redis.ts';
import type { SagaTable } from './saga-table.ts';
import type { VideoStorage } from './video-storage.ts';

/** Where functions and containers run on AWS. */
export interface Network {
  readonly vpc: ec2.IVpc;
  /** Without a route to the internet: every function of ours. */
  readonly isolatedSubnets: ec2.SubnetSelection;
  /** With a public address and no inbound rule: the containers, which call SQS. */
  readonly publicSubnets: ec2.SubnetSelection;
  readonly cluster: ecs.ICluster;
}

/** What the contexts build on. */
export interface Platform {
  readonly config: StageConfig;
  /** Undefined in stage local. */
  readonly network: Network | undefined;
  readonly database: Database;
  readonly redis: RedisChannel;
  readonly storage: VideoStorage;
  readonly sagas: SagaTable;
  readonly authKey: AuthKey;
}

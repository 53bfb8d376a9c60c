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
  /** For all functions. They have no route to the internet. */
  readonly isolatedSubnets: ec2.SubnetSelection;
  /** For the containers, which call SQS. They have a public address and no inbound rule. */
  readonly publicSubnets: ec2.SubnetSelection;
  readonly cluster: ecs.ICluster;
}

/** The shared basis of the contexts. */
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

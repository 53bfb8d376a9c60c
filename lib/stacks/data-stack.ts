import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { connectionBudget } from '../config/connection-budget.ts';
import type { StageConfig } from '../config/stage.ts';
import { AuthKey } from '../constructs/auth-key.ts';
import type { Database } from '../constructs/database.ts';
import { ExternalDatabase } from '../constructs/external-database.ts';
import type { Network } from '../constructs/platform.ts';
import { RdsDatabase } from '../constructs/rds-database.ts';
import { ExternalRedis, type RedisChannel } from '../constructs/redis.ts';
import { SagaTable } from '../constructs/saga-table.ts';
import { Valkey } from '../constructs/valkey.ts';
import { VideoStorage } from '../constructs/video-storage.ts';

export interface DataStackProps extends StackProps {
  readonly config: StageConfig;
  /** Undefined in stage local. */
  readonly network: Network | undefined;
}

/** All stateful resources. */
export class DataStack extends Stack {
  readonly database: Database;
  readonly redis: RedisChannel;
  readonly storage: VideoStorage;
  readonly sagas: SagaTable;
  readonly authKey: AuthKey;

  constructor(scope: Construct, id: string, { config, network, ...props }: DataStackProps) {
    super(scope, id, props);
    if (network) {
      const { vpc } = network;
      this.database = new RdsDatabase(this, 'Database', { config, vpc });
      this.redis = new Valkey(this, 'Valkey', { config, vpc });
    } else if (config.local) {
      this.database = new ExternalDatabase(this, 'Database', {
        services: config.local,
        connectionLimits: connectionBudget(config).limits,
      });
      this.redis = new ExternalRedis(config.local.redisUrl);
    } else {
      throw new Error(`stage ${config.stage} has neither a network nor local services`);
    }
    this.storage = new VideoStorage(this, 'Storage', { config });
    this.sagas = new SagaTable(this, 'Sagas', { config });
    this.authKey = new AuthKey(this, 'AuthKey', { config });
    new CfnOutput(this, 'VideoBucketName', { value: this.storage.bucket.bucketName });
  }
}

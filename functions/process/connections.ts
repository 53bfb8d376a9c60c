import type { CallLimits } from '../shared/aws/call-limits.ts';
import { lazyEnv } from '../shared/config/env.ts';
import { DatabaseEnv, RedisEnv, StorageEnv } from '../shared/config/schemas.ts';
import { createPool } from '../shared/database/pool.ts';
import { eventStamps } from '../shared/events/event-stamps.ts';
import { TransactionalOutbox } from '../shared/outbox/transactional-outbox.ts';
import { createRedis } from '../shared/redis/client.ts';
import { createS3Client } from '../shared/storage/s3-client.ts';

const databaseEnv = lazyEnv(DatabaseEnv);
const redisEnv = lazyEnv(RedisEnv);
const storageEnv = lazyEnv(StorageEnv);

/** What every function of this context needs: environment → connections, the bucket, stamps. */
export const openConnections = async (limits: CallLimits) => {
  const pool = createPool(databaseEnv());
  const redis = await createRedis(redisEnv());
  return {
    pool,
    redis,
    outbox: new TransactionalOutbox(pool, redis),
    s3: createS3Client(storageEnv(), limits),
    bucket: storageEnv().VIDEO_BUCKET,
    stamp: eventStamps(() => new Date()),
  };
};

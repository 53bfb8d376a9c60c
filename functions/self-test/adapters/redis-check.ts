import { parseEnv } from '../../shared/config/env.ts';
import { RedisEnv } from '../../shared/config/schemas.ts';
import { createRedis } from '../../shared/redis/client.ts';
import { required } from '../../shared/redis/required.ts';
import type { Check } from '../core/check.ts';

/** Logs in to Redis as the functions do, and sends PING. */
export const redisCheck = (): Check => ({
  name: 'redis',
  limitSeconds: 10,
  run: async () => {
    const redis = await createRedis(parseEnv(RedisEnv, process.env));
    let connectionError: unknown;
    redis.on('error', (error) => {
      connectionError = error;
    });
    try {
      await required(redis, () => redis.ping());
    } catch (error) {
      // The connection's error explains more than the missing connection.
      throw connectionError ?? error;
    } finally {
      redis.disconnect();
    }
  },
  explain: (reason) =>
    `Redis does not answer PING (${reason}): look at the status of the cache, at the right elasticache:Connect, at ` +
    'REDIS_URL and at the security groups.',
});

import type { Redis } from 'ioredis';
import type { RedisEnv } from '../config/schemas.ts';
import { logger } from '../logging/logger.ts';
import { createIamToken } from './iam-token.ts';
import { WallClockRedis } from './wall-clock-redis.ts';

/** A connection that was not used for longer, by the wall clock, may be dead. */
const MAX_UNUSED_MILLISECONDS = 60_000;

/**
 * A connection to Redis that fails fast instead of queueing: what it is used for is either repeated by a sweeper
 * (publishing), done without (`bestEffort`), or refused to the caller until Redis is back (`required`).
 */
export const createRedis = async (env: RedisEnv, now: () => number = Date.now): Promise<WallClockRedis> => {
  const redis = new WallClockRedis(
    env.REDIS_URL,
    {
      ...(await credentials(env)),
      lazyConnect: true,
      maxRetriesPerRequest: 1,
      connectTimeout: 3_000,
      commandTimeout: 3_000,
      // A connection that answers nothing for so long is given up: its other end may have gone without a word.
      socketTimeout: 4_000,
      // A connection whose other end has gone does not close by itself, and a command waits for that.
      disconnectTimeout: 50,
      reconnectOnError: retryElsewhere,
      retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 2_000),
    },
    { maxUnusedMilliseconds: MAX_UNUSED_MILLISECONDS, now },
  );
  redis.on('error', (error) => logger.warn('Redis connection error', { error }));
  if (env.REDIS_AUTH === 'iam') renewToken(redis, env);
  // A connection that fails is tried again by itself, and was reported as an error.
  redis.connect().catch(() => undefined);
  return redis;
};

/** A connection to a primary that was demoted stays open and refuses writes: 2 = connect anew, then repeat the command. */
const retryElsewhere = (error: Error): false | 2 => (error.message.startsWith('READONLY') ? 2 : false);

const credentials = async (env: RedisEnv): Promise<{ username?: string; password?: string }> => {
  if (env.REDIS_AUTH === 'none' || !env.REDIS_USER || !env.REDIS_REPLICATION_GROUP) return {};
  return {
    username: env.REDIS_USER,
    password: await createIamToken({
      userId: env.REDIS_USER,
      replicationGroupId: env.REDIS_REPLICATION_GROUP,
    }),
  };
};

/** A token lasts 15 minutes and is checked at AUTH only: renewed at each reconnect, which is when it is sent. */
const renewToken = (redis: Redis, env: RedisEnv): void => {
  redis.on('close', () => {
    credentials(env).then(
      ({ password }) => {
        if (password) redis.options.password = password;
      },
      (error: unknown) => logger.warn('Redis token not renewed', { error }),
    );
  });
};

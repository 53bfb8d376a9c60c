import type { Redis } from 'ioredis';
import type { RedisEnv } from '../config/schemas.ts';
import { logger } from '../logging/logger.ts';
import { createIamToken } from './iam-token.ts';
import { WallClockRedis } from './wall-clock-redis.ts';

/** A connection that was unused for longer, by the wall clock, may be dead. */
const MAX_UNUSED_MILLISECONDS = 60_000;

/**
 * Creates a connection to Redis that fails fast instead of queueing commands. Each use can handle a failure: a sweeper
 * repeats publishing, optional commands are skipped (`bestEffort`), and other calls are refused until Redis is
 * available (`required`).
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
      // A connection without responses for this long is closed, because the server may have disappeared.
      socketTimeout: 4_000,
      // A connection to a server that has disappeared does not close by itself, and commands wait for the close.
      disconnectTimeout: 50,
      reconnectOnError: retryElsewhere,
      retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 2_000),
    },
    { maxUnusedMilliseconds: MAX_UNUSED_MILLISECONDS, now },
  );
  redis.on('error', (error) => logger.warn('Redis connection error', { error }));
  if (env.REDIS_AUTH === 'iam') renewToken(redis, env);
  // The client retries a failed connection itself, and the listener above reports it.
  redis.connect().catch(() => undefined);
  return redis;
};

/** A demoted primary keeps the connection open and refuses writes. 2 means: reconnect, then repeat the command. */
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

/** A token is valid for 15 minutes and is checked only at AUTH, so it is renewed before each reconnect. */
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

import type { Redis } from 'ioredis';
import { awaitedOwnerKey } from '../../contracts/channel.ts';
import { UserId, type VideoId } from '../../contracts/ids.ts';
import { logger } from '../../shared/logging/logger.ts';
import type { Hints } from '../core/ports.ts';

/** Hints in Redis. Without Redis there are none: a failure is logged and swallowed. */
export class RedisHints implements Hints {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async awaitedOwner(id: VideoId): Promise<UserId | undefined> {
    try {
      return UserId.safeParse(await this.#redis.get(awaitedOwnerKey(id))).data;
    } catch (error) {
      logger.warn('Hint not available', { error });
      return undefined;
    }
  }
}

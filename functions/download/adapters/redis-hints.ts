import type { Redis } from 'ioredis';
import { newOwnerKey } from '../../contracts/channel.ts';
import { UserId, type VideoId } from '../../contracts/ids.ts';
import { bestEffort } from '../../shared/redis/best-effort.ts';
import type { Hints } from '../core/ports.ts';

/** Hints in Redis. Without Redis, there are no hints. */
export class RedisHints implements Hints {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async newOwner(id: VideoId): Promise<UserId | undefined> {
    return UserId.safeParse(await bestEffort(this.#redis.get(newOwnerKey(id)))).data;
  }
}

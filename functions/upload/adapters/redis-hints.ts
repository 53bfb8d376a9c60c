import type { Redis } from 'ioredis';
import * as z from 'zod';
import { newOwnerKey, progressKey } from '../../contracts/channel.ts';
import type { UserId, VideoId } from '../../contracts/ids.ts';
import { bestEffort } from '../../shared/redis/best-effort.ts';
import { required } from '../../shared/redis/required.ts';
import type { Hints } from '../core/ports.ts';
import type { Progress } from '../core/video.ts';

const Count = z.coerce.number().int().nonnegative();
const ProgressHash = z.object({ framesDone: Count, framesExpected: Count });

/** Hints in Redis. Without Redis, hints can be neither read nor written. */
export class RedisHints implements Hints {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async rememberOwner(id: VideoId, userId: UserId, seconds: number): Promise<void> {
    await required(this.#redis, () => this.#redis.set(newOwnerKey(id), userId, 'EX', seconds));
  }

  async forgetOwner(id: VideoId): Promise<void> {
    await bestEffort(this.#redis.del(newOwnerKey(id)));
  }

  async progressOf(ids: readonly VideoId[]): Promise<ReadonlyMap<VideoId, Progress>> {
    const hashes = await Promise.all(ids.map((id) => bestEffort(this.#redis.hgetall(progressKey(id)))));
    return new Map(
      ids.flatMap((id, position) => {
        const progress = ProgressHash.safeParse(hashes[position]);
        return progress.success ? [[id, progress.data] as const] : [];
      }),
    );
  }
}

import type { Redis } from 'ioredis';
import * as z from 'zod';
import { progressKey } from '../../contracts/channel.ts';
import type { VideoId } from '../../contracts/ids.ts';
import { bestEffort } from '../../shared/redis/best-effort.ts';
import type { Hints } from '../core/ports.ts';
import type { Progress } from '../core/video.ts';

const Count = z.coerce.number().int().nonnegative();
const ProgressHash = z.object({ framesDone: Count, framesExpected: Count });

/** Hints in Redis. Without Redis there are none. */
export class RedisHints implements Hints {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
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

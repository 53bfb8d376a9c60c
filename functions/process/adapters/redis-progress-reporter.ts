import type { Redis } from 'ioredis';
import { PROGRESS_TTL_SECONDS, progressKey } from '../../contracts/channel.ts';
import type { VideoId } from '../../contracts/ids.ts';
import { logger } from '../../shared/logging/logger.ts';
import type { ProgressReporter } from '../core/ports.ts';

interface Progress {
  videoId: VideoId;
  framesDone: number;
  framesExpected: number;
}

/**
 * Progress as a hash in Redis. One write is under way at a time; of the reports made meanwhile only the last one is
 * written. A slow or absent Redis never delays the extraction.
 */
export class RedisProgressReporter implements ProgressReporter {
  readonly #redis: Redis;
  #next: Progress | undefined;
  #writing: Promise<void> | undefined;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  report(videoId: VideoId, framesDone: number, framesExpected: number): void {
    this.#next = { videoId, framesDone, framesExpected };
    this.#writing ??= this.#write();
  }

  async clear(videoId: VideoId): Promise<void> {
    this.#next = undefined;
    await this.#writing;
    try {
      await this.#redis.del(progressKey(videoId));
    } catch (error) {
      logger.warn('Progress not cleared; it will expire', { videoId, error });
    }
  }

  async #write(): Promise<void> {
    for (let progress = this.#next; progress; progress = this.#next) {
      this.#next = undefined;
      const { videoId, framesDone, framesExpected } = progress;
      try {
        const key = progressKey(videoId);
        await this.#redis
          .multi()
          .hset(key, { framesDone, framesExpected })
          .expire(key, PROGRESS_TTL_SECONDS)
          .exec();
      } catch (error) {
        logger.warn('Progress not reported', { videoId, error });
      }
    }
    this.#writing = undefined;
  }
}

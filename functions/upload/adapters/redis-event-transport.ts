import type { Redis } from 'ioredis';
import { required } from '../../shared/redis/required.ts';
import type { EventTransport } from '../core/ports.ts';

/** The way to the channel `saga_events`. Redis holds no state for it, so an answer to PING is all there is to ask. */
export class RedisEventTransport implements EventTransport {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async assertReachable(): Promise<void> {
    await required(this.#redis, () => this.#redis.ping());
  }
}

import type { Redis } from 'ioredis';
import { relayedKey } from '../../contracts/channel.ts';
import type { SagaEvent } from '../../contracts/events.ts';
import type { EventId } from '../../contracts/ids.ts';
import { publishEvents } from '../../shared/events/publisher.ts';
import type { EventChannel } from '../core/ports.ts';

/** The channel `saga_events` and the relay's acknowledgements. */
export class RedisEventChannel implements EventChannel {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  publish(events: readonly SagaEvent[]): Promise<void> {
    return publishEvents(this.#redis, events);
  }

  async acknowledged(events: readonly SagaEvent[]): Promise<ReadonlySet<EventId>> {
    if (events.length === 0) return new Set();
    const marks = await this.#redis.mget(events.map((event) => relayedKey(event.id)));
    return new Set(events.filter((_, position) => marks[position] != null).map((event) => event.id));
  }
}

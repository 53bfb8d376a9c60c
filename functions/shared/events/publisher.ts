import type { Redis } from 'ioredis';
import { SAGA_EVENTS_CHANNEL } from '../../contracts/channel.ts';
import type { SagaEvent } from '../../contracts/events.ts';
import { eventFields, logger } from '../logging/logger.ts';

/** An event and its JSON to publish. The JSON may contain fields that this code does not know. */
export interface PublishableEvent {
  event: SagaEvent;
  json: string;
}

/** Publishes events that this code created. Never throws, like `publishMessages`. */
export const publishEvents = (redis: Redis, events: readonly SagaEvent[]): Promise<void> =>
  publishMessages(
    redis,
    events.map((event) => ({ event, json: JSON.stringify(event) })),
  );

/**
 * Publishes stored events on `saga_events`, the fast path. PUBLISH does not prove delivery. A failure loses nothing,
 * because the sweeper republishes all events that the relay has not acknowledged. So this function never throws.
 */
export const publishMessages = async (redis: Redis, messages: readonly PublishableEvent[]): Promise<void> => {
  for (const { event, json } of messages) {
    try {
      await redis.publish(SAGA_EVENTS_CHANNEL, json);
      logger.info('Event published', eventFields(event));
    } catch (error) {
      logger.warn('Event not published; the sweeper will', { ...eventFields(event), error });
    }
  }
};

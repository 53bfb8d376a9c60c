import type { Redis } from 'ioredis';
import { SAGA_EVENTS_CHANNEL } from '../../contracts/channel.ts';
import type { SagaEvent } from '../../contracts/events.ts';
import { eventFields, logger } from '../logging/logger.ts';

/** An event and the JSON that is published for it. They differ where the JSON has fields that this code does not know. */
export interface PublishableEvent {
  event: SagaEvent;
  json: string;
}

/** Publishes events that this code made. The same promise as `publishMessages`. */
export const publishEvents = (redis: Redis, events: readonly SagaEvent[]): Promise<void> =>
  publishMessages(
    redis,
    events.map((event) => ({ event, json: JSON.stringify(event) })),
  );

/**
 * Publishes stored events on `saga_events`, the fast path. PUBLISH proves nothing about delivery, and a failure
 * here loses nothing: the sweeper publishes again what the relay has not acknowledged. So it never throws.
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

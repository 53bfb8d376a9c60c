import type { Redis } from 'ioredis';
import { SAGA_EVENTS_CHANNEL } from '../../contracts/channel.ts';
import type { SagaEvent } from '../../contracts/events.ts';
import { eventFields, logger } from '../logging/logger.ts';

/**
 * Publishes stored events on `saga_events`, the fast path. PUBLISH proves nothing about delivery, and a failure
 * here loses nothing: the sweeper publishes again what the relay has not acknowledged. So it never throws.
 */
export const publishEvents = async (redis: Redis, events: readonly SagaEvent[]): Promise<void> => {
  for (const event of events) {
    try {
      await redis.publish(SAGA_EVENTS_CHANNEL, JSON.stringify(event));
      logger.info('Event published', eventFields(event));
    } catch (error) {
      logger.warn('Event not published; the sweeper will', { ...eventFields(event), error });
    }
  }
};

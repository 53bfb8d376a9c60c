import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { RELAYED_TTL_SECONDS, relayedKey, SAGA_EVENTS_CHANNEL } from '../../contracts/channel.ts';
import { SagaEvent } from '../../contracts/events.ts';
import { type Inbox, inboxesFor } from '../../contracts/routing.ts';
import { eventFields, logger } from '../../shared/logging/logger.ts';
import type { InboxSender } from './inbox-sender.ts';

/** After a subscription that failed, in milliseconds. */
const RETRY_MILLISECONDS = 1_000;

/** The two connections that Redis demands: one that only listens, one for everything else. */
export interface RelayConnections {
  subscriber: Redis;
  commands: Redis;
}

/**
 * How often the subscription is asked for a sign of life, in milliseconds. A subscriber only listens: without asking, it
 * would never notice that the other end of its connection is gone, and sit there deaf.
 */
const HEARTBEAT_MILLISECONDS = 5_000;

/**
 * Subscribes to `saga_events` and hands every event to the inboxes that the routing table names. Once all of them
 * have accepted it, the event is acknowledged in Redis. An event that could not be handed over is left
 * unacknowledged: the sweeper of its context publishes it again, and the inboxes drop what they already have.
 */
export class EventRelay {
  readonly #connections: RelayConnections;
  readonly #senders: Readonly<Record<Inbox, Pick<InboxSender, 'send'>>>;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #heartbeatMilliseconds: number;
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(
    connections: RelayConnections,
    senders: Readonly<Record<Inbox, Pick<InboxSender, 'send'>>>,
    heartbeatMilliseconds = HEARTBEAT_MILLISECONDS,
  ) {
    this.#connections = connections;
    this.#senders = senders;
    this.#heartbeatMilliseconds = heartbeatMilliseconds;
  }

  /** Resolves once Redis has confirmed the subscription. ioredis renews it after each reconnection. */
  async start(): Promise<void> {
    this.#connections.subscriber.on('message', (_channel, message) => {
      const work = this.relay(message).finally(() => this.#inFlight.delete(work));
      this.#inFlight.add(work);
    });
    await this.#subscribe();
    this.#heartbeat = setInterval(() => void this.#checkSubscriber(), this.#heartbeatMilliseconds);
    logger.info('Relay subscribed', { channel: SAGA_EVENTS_CHANNEL });
  }

  /** Takes nothing new, hands over what it has, closes the connections. */
  async stop(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#connections.subscriber.unsubscribe().catch(() => undefined);
    await Promise.all(this.#inFlight);
    this.#connections.subscriber.disconnect();
    this.#connections.commands.disconnect();
  }

  /** Redis may not be there yet: then ioredis is given no subscription to renew, so it is asked for again. */
  async #subscribe(): Promise<void> {
    for (;;) {
      try {
        await this.#connections.subscriber.subscribe(SAGA_EVENTS_CHANNEL);
        return;
      } catch (error) {
        logger.warn('Not subscribed yet', { error });
        await delay(RETRY_MILLISECONDS);
      }
    }
  }

  async #checkSubscriber(): Promise<void> {
    const { subscriber } = this.#connections;
    // Connecting already: a ping would only wait for that.
    if (subscriber.status !== 'ready') return;
    // One that is not answered ends the connection (`createRedis`), and ioredis subscribes again on the next one.
    await subscriber.ping().catch((error: unknown) => logger.warn('No sign of life from Redis', { error }));
  }

  /**
   * Hands one message over, as it came: the parsed event has lost the fields that this code does not know, and a consumer
   * may know them. Never throws: a failure is logged, and the event comes again.
   */
  async relay(message: string): Promise<void> {
    const event = parse(message);
    if (!event) return;
    try {
      await Promise.all(inboxesFor(event).map((inbox) => this.#senders[inbox].send(event, message)));
      await this.#connections.commands.set(relayedKey(event.id), '1', 'EX', RELAYED_TTL_SECONDS);
      logger.info('Event relayed', eventFields(event));
    } catch (error) {
      logger.error('Event not relayed; it will be published again', { ...eventFields(event), error });
    }
  }
}

const parse = (message: string): SagaEvent | undefined => {
  try {
    return SagaEvent.parse(JSON.parse(message));
  } catch (error) {
    logger.error('Not a saga event; dropped', { length: message.length, error });
    return undefined;
  }
};

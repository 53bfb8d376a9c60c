import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { RELAYED_TTL_SECONDS, relayedKey, SAGA_EVENTS_CHANNEL } from '../../contracts/channel.ts';
import { SagaEvent } from '../../contracts/events.ts';
import { type Inbox, inboxesFor } from '../../contracts/routing.ts';
import { eventFields, logger } from '../../shared/logging/logger.ts';
import type { InboxSender } from './inbox-sender.ts';

/** Wait after a failed subscription, in milliseconds. */
const RETRY_MILLISECONDS = 1_000;

/** The two connections that Redis requires: one only for the subscription, one for everything else. */
export interface RelayConnections {
  subscriber: Redis;
  commands: Redis;
}

/**
 * Interval of the subscription's heartbeat, in milliseconds. A subscriber only receives. Without a heartbeat, it would
 * not notice that its connection is dead and would miss all events.
 */
const HEARTBEAT_MILLISECONDS = 5_000;

/**
 * Subscribes to `saga_events` and sends every event to its inboxes according to the routing table. Once all inboxes
 * have accepted an event, the relay acknowledges it in Redis. An event that could not be sent stays unacknowledged.
 * Then its context's sweeper republishes it, and inboxes that already have it drop the duplicate.
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

  /** Stops receiving, sends the remaining events and closes the connections. */
  async stop(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#connections.subscriber.unsubscribe().catch(() => undefined);
    await Promise.all(this.#inFlight);
    this.#connections.subscriber.disconnect();
    this.#connections.commands.disconnect();
  }

  /** Retries until it succeeds: if Redis is not available yet, ioredis has no subscription that it could renew. */
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
    // The client is connecting, so a ping would only wait.
    if (subscriber.status !== 'ready') return;
    // An unanswered ping closes the connection (`createRedis`), and ioredis subscribes again on the next connection.
    await subscriber.ping().catch((error: unknown) => logger.warn('No sign of life from Redis', { error }));
  }

  /**
   * Sends one message unchanged, because the parsed event lacks the fields that this code does not know, but a consumer
   * may know them. Never throws: a failure is logged, and the event is published again.
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

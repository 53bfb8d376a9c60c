import type { Redis } from 'ioredis';
import { RELAYED_TTL_SECONDS, relayedKey, SAGA_EVENTS_CHANNEL } from '../../contracts/channel.ts';
import { SagaEvent } from '../../contracts/events.ts';
import { type Inbox, inboxesFor } from '../../contracts/routing.ts';
import { eventFields, logger } from '../../shared/logging/logger.ts';
import type { InboxSender } from './inbox-sender.ts';

/** The two connections that Redis demands: one that only listens, one for everything else. */
export interface RelayConnections {
  subscriber: Redis;
  commands: Redis;
}

/**
 * Subscribes to `saga_events` and hands every event to the inboxes that the routing table names. Once all of them
 * have accepted it, the event is acknowledged in Redis. An event that could not be handed over is left
 * unacknowledged: the sweeper of its context publishes it again, and the inboxes drop what they already have.
 */
export class EventRelay {
  readonly #connections: RelayConnections;
  readonly #senders: Readonly<Record<Inbox, Pick<InboxSender, 'send'>>>;
  readonly #inFlight = new Set<Promise<void>>();

  constructor(connections: RelayConnections, senders: Readonly<Record<Inbox, Pick<InboxSender, 'send'>>>) {
    this.#connections = connections;
    this.#senders = senders;
  }

  /** Resolves once Redis has confirmed the subscription. ioredis renews it after each reconnection. */
  async start(): Promise<void> {
    this.#connections.subscriber.on('message', (_channel, message) => {
      const work = this.relay(message).finally(() => this.#inFlight.delete(work));
      this.#inFlight.add(work);
    });
    await this.#connections.subscriber.subscribe(SAGA_EVENTS_CHANNEL);
    logger.info('Relay subscribed', { channel: SAGA_EVENTS_CHANNEL });
  }

  /** Takes nothing new, hands over what it has, closes the connections. */
  async stop(): Promise<void> {
    await this.#connections.subscriber.unsubscribe().catch(() => undefined);
    await Promise.all(this.#inFlight);
    this.#connections.subscriber.disconnect();
    this.#connections.commands.disconnect();
  }

  /** Hands one message over. Never throws: what fails is logged and comes again. */
  async relay(message: string): Promise<void> {
    const event = parse(message);
    if (!event) return;
    try {
      await Promise.all(inboxesFor(event).map((inbox) => this.#senders[inbox].send(event)));
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

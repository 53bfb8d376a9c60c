import { randomUUID } from 'node:crypto';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { Redis } from 'ioredis';
import { SAGA_EVENTS_CHANNEL } from '../../functions/contracts/channel.ts';
import { SagaEvent } from '../../functions/contracts/events.ts';
import { type Inbox, inboxesFor, messageGroupOf } from '../../functions/contracts/routing.ts';
import { Random } from './random.ts';
import type { System } from './system.ts';
import type { Upload } from './uploads.ts';

/** Share of events and uploads that are duplicated, per kind of duplicate. */
const SHARE = 0.3;
const MAX_DELAY_SECONDS = 10;

const QUEUES: Readonly<Record<Inbox, string>> = {
  upload: 'UploadInboxQueue',
  process: 'ProcessInboxQueue',
  worker: 'ProcessWorkerInboxQueue',
  download: 'DownloadInboxQueue',
  orchestrator: 'OrchestratorInboxQueue',
};

export interface Duplicates {
  /** Number of duplicates of each kind. */
  readonly made: { republished: number; resent: number; s3Events: number };
  /** Sends a second S3 event for a share of the objects. */
  repeatObjectCreated(upload: Upload): void;
  stop(): void;
}

/**
 * Injects duplicates, each up to ten seconds late: events published again on the channel, messages sent again to their
 * inboxes with new deduplication ids, and repeated S3 events.
 *
 * Each duplicate may replace a lost original: a message sent directly to an inbox replaces an event that the relay
 * lost, and a repeated S3 event replaces a redelivery. So recovery is measured in runs without duplicates.
 */
export const startDuplicates = async ({ stack, sqs }: System, seed: number): Promise<Duplicates> => {
  const random = new Random(seed, 'duplicates');
  const made = { republished: 0, resent: 0, s3Events: 0 };
  const timers = new Set<NodeJS.Timeout>();
  const seen = new Set<string>();
  const options = { maxRetriesPerRequest: 0, retryStrategy: () => 200 };
  const subscriber = new Redis(stack.endpoints.redisUrl, options);
  const publisher = new Redis(stack.endpoints.redisUrl, options);
  for (const redis of [subscriber, publisher]) redis.on('error', () => undefined);

  const perhapsLater = (duplicate: () => Promise<unknown>, count: () => void): void => {
    if (random.next() >= SHARE) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      // No duplicate is counted if the store is unavailable.
      duplicate().then(count, () => undefined);
    }, random.between(0, MAX_DELAY_SECONDS) * 1000);
    timers.add(timer);
  };
  const send = (queue: string, body: string, group?: string): Promise<unknown> =>
    sqs.send(
      new SendMessageCommand({
        QueueUrl: stack.queueUrl(queue),
        MessageBody: body,
        ...(group !== undefined && { MessageGroupId: group, MessageDeduplicationId: randomUUID() }),
      }),
    );

  subscriber.on('message', (_channel, message) => {
    const event = SagaEvent.parse(JSON.parse(message));
    if (seen.has(event.id)) return;
    seen.add(event.id);
    perhapsLater(
      () => publisher.publish(SAGA_EVENTS_CHANNEL, message),
      () => {
        made.republished += 1;
      },
    );
    for (const inbox of inboxesFor(event)) {
      perhapsLater(
        () => send(QUEUES[inbox], message, messageGroupOf(event)),
        () => {
          made.resent += 1;
        },
      );
    }
  });
  await subscriber.subscribe(SAGA_EVENTS_CHANNEL);

  return {
    made,
    repeatObjectCreated: ({ storageKey }) =>
      perhapsLater(
        () =>
          send(
            'UploadObjectCreatedQueue',
            JSON.stringify({ 'detail-type': 'Object Created', detail: { object: { key: storageKey } } }),
          ),
        () => {
          made.s3Events += 1;
        },
      ),
    stop: () => {
      for (const timer of timers) clearTimeout(timer);
      subscriber.disconnect();
      publisher.disconnect();
    },
  };
};

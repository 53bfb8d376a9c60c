import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SagaEvent } from '../../contracts/events.ts';
import { messageGroupOf } from '../../contracts/routing.ts';

/** SQS takes at most ten messages a call. */
const BATCH_MESSAGES = 10;

/** SQS refused a message, or could not be reached. */
export class SendFailedError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SendFailedError';
  }
}

interface Waiting {
  event: SagaEvent;
  resolve(): void;
  reject(error: Error): void;
}

/**
 * Sends events to one FIFO inbox: group by `messageGroupOf`, deduplication id = event id. One call at a time, so that events
 * stay in order; what arrives meanwhile shares the next call.
 */
export class InboxSender {
  readonly #sqs: SQSClient;
  readonly #queueUrl: string;
  readonly #waiting: Waiting[] = [];
  #sending = false;

  constructor(sqs: SQSClient, queueUrl: string) {
    this.#sqs = sqs;
    this.#queueUrl = queueUrl;
  }

  /** Resolves once SQS has accepted the event. @throws SendFailedError (as rejection) when it did not. */
  send(event: SagaEvent): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ event, resolve, reject });
      if (!this.#sending) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#sending = true;
    while (this.#waiting.length > 0) await this.#sendBatch(this.#waiting.splice(0, BATCH_MESSAGES));
    this.#sending = false;
  }

  async #sendBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const { Failed } = await this.#sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: this.#queueUrl,
          Entries: batch.map(({ event }, position) => ({
            Id: String(position),
            MessageBody: toAsciiJson(event),
            MessageGroupId: messageGroupOf(event),
            MessageDeduplicationId: event.id,
          })),
        }),
      );
      const reasons = new Map((Failed ?? []).map((failure) => [failure.Id, failure.Code ?? 'unknown']));
      for (const [position, { resolve, reject }] of batch.entries()) {
        const reason = reasons.get(String(position));
        if (reason === undefined) resolve();
        else reject(new SendFailedError(`SQS refused the message: ${reason}`));
      }
    } catch (cause) {
      for (const { reject } of batch) reject(new SendFailedError('SQS was not reached', { cause }));
    }
  }
}

/**
 * JSON in ASCII alone. SQS refuses messages with certain characters (U+FFFE and U+FFFF, for example; local
 * stand-ins refuse more), and a file's name may hold any: escaped, none of them is in the message.
 */
const toAsciiJson = (event: SagaEvent): string =>
  JSON.stringify(event).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

import { setTimeout as delay } from 'node:timers/promises';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { LONG_POLL_SECONDS, SQS_CALLS } from '../../shared/aws/call-limits.ts';
import { logger } from '../../shared/logging/logger.ts';
import { NO_PROTECTION, type WorkProtection } from './task-protection.ts';

/** A message as the shared inbox code reads it. */
export interface QueueMessage {
  body: string;
  messageId: string;
}

export interface QueueWorkerOptions {
  /** Its time limits have to leave room for a long poll (`SQS_POLLS`). */
  sqs: SQSClient;
  queueUrl: string;
  /**
   * Resolves when the message's effect is stored. Throws to have the message delivered again, soon after `stopping`
   * aborts at the latest.
   */
  consume: (message: QueueMessage, stopping: AbortSignal) => Promise<void>;
  /** Begins before the work on a message, ends when the message is deleted or given back. @default none */
  protection?: WorkProtection;
  /** Seconds that a message stays hidden after each heartbeat. @default 120 */
  visibilitySeconds?: number;
  /**
   * Seconds until a message that failed is delivered again: the cause of the failure needs time to pass. @default 30
   */
  retrySeconds?: number;
  /**
   * Seconds that the current message may still take after draining began. @default 20, below the stop timeout of a task
   */
  drainSeconds?: number;
}

const DEFAULTS = { protection: NO_PROTECTION, visibilitySeconds: 120, retrySeconds: 30, drainSeconds: 20 };
/** Pause after an error of the queue itself. */
const PAUSE_MILLISECONDS = 2_000;
/** Seconds after which another worker gets the message that a draining one gives back; some endpoints lose it at 0. */
const RELEASE_SECONDS = 1;
/** The client's own limit leaves room for a long poll; these calls need far less time. */
const SHORT_CALL = { requestTimeout: SQS_CALLS.answerMilliseconds };

/**
 * Takes one message at a time from a queue, keeps it hidden while the work on it lasts, and deletes it after its effect
 * is stored. A message that failed is delivered again later.
 */
export class QueueWorker {
  readonly #options: Required<QueueWorkerOptions>;
  readonly #draining = new AbortController();

  constructor(options: QueueWorkerOptions) {
    this.#options = { ...DEFAULTS, ...options };
  }

  /** Works until drained. */
  async run(): Promise<void> {
    while (!this.#draining.signal.aborted) {
      const message = await this.#receive();
      if (message) await this.#handle(message);
    }
  }

  /**
   * Takes no more messages. The current one is finished if it ends within the grace period. Otherwise it is stopped and
   * given back, and another worker starts over. `run` then resolves.
   */
  drain(): void {
    this.#draining.abort();
  }

  async #receive(): Promise<Message | undefined> {
    const { sqs, queueUrl, visibilitySeconds } = this.#options;
    try {
      const { Messages: messages } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: 1,
          WaitTimeSeconds: LONG_POLL_SECONDS,
          VisibilityTimeout: visibilitySeconds,
        }),
        { abortSignal: this.#draining.signal },
      );
      return messages?.[0];
    } catch (error) {
      if (this.#draining.signal.aborted) return undefined;
      logger.warn('The queue does not answer', { error });
      // Draining ends the pause by rejecting it.
      await delay(PAUSE_MILLISECONDS, undefined, { signal: this.#draining.signal }).catch(() => undefined);
      return undefined;
    }
  }

  async #handle(message: Message): Promise<void> {
    const { consume, protection, retrySeconds, drainSeconds } = this.#options;
    // A task that is scaled in before this point drains, and gives the message back.
    protection.begin();
    const heartbeat = this.#startHeartbeat(message);
    const stopping = this.#stopAfterGrace(drainSeconds);
    try {
      await consume({ body: message.Body ?? '', messageId: message.MessageId ?? '' }, stopping);
      await this.#delete(message);
    } catch (error) {
      heartbeat.stop();
      if (!stopping.aborted) logger.error('Message not consumed', { messageId: message.MessageId, error });
      await this.#setVisibility(message, stopping.aborted ? RELEASE_SECONDS : retrySeconds);
    } finally {
      heartbeat.stop();
      protection.end();
    }
  }

  #startHeartbeat(message: Message): { stop: () => void } {
    const { visibilitySeconds } = this.#options;
    const timer = setInterval(
      () => void this.#setVisibility(message, visibilitySeconds),
      (visibilitySeconds * 1000) / 3,
    );
    return { stop: () => clearInterval(timer) };
  }

  /** @returns a signal that aborts when draining has lasted for this many seconds. */
  #stopAfterGrace(seconds: number): AbortSignal {
    const stopping = new AbortController();
    const begin = () => setTimeout(() => stopping.abort(), seconds * 1000).unref();
    if (this.#draining.signal.aborted) begin();
    else this.#draining.signal.addEventListener('abort', begin, { once: true });
    return stopping.signal;
  }

  async #delete({ ReceiptHandle }: Message): Promise<void> {
    await this.#options.sqs.send(
      new DeleteMessageCommand({ QueueUrl: this.#options.queueUrl, ReceiptHandle }),
      SHORT_CALL,
    );
  }

  async #setVisibility({ ReceiptHandle, MessageId }: Message, seconds: number): Promise<void> {
    try {
      await this.#options.sqs.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: this.#options.queueUrl,
          ReceiptHandle,
          VisibilityTimeout: seconds,
        }),
        SHORT_CALL,
      );
    } catch (error) {
      logger.warn('Visibility not changed', { messageId: MessageId, seconds, error });
    }
  }
}

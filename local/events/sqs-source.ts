import { setTimeout as sleep } from 'node:timers/promises';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { messageOf } from '../errors.ts';
import type { FunctionPool } from '../lambda/function-pool.ts';
import type { Log } from '../log.ts';
import type { EventSourceModel, QueueModel } from '../template/model.ts';
import { succeededIds } from './batch-response.ts';
import { type ReceivedMessage, receivedMessages, sqsEvent } from './sqs-event.ts';

const LONG_POLL_SECONDS = 20;
/** SQS's maximum number of messages per receive. */
const MAX_RECEIVED = 10;
/** Pause after a failed receive, in milliseconds. */
const ERROR_PAUSE_MILLISECONDS = 500;

export interface SqsSourceServices {
  readonly sqs: SQSClient;
  readonly log: Log;
}

/**
 * Invokes a function with messages of a queue, as Lambda's event source mappings do. A long poll is open whenever the
 * function has free concurrency, and the messages of one receive are one invocation's batch. A batch of a FIFO queue
 * may hold several messages of one group, and several groups. The queue delivers no more messages of a group while one
 * of them is in flight.
 */
export class SqsSource {
  readonly #source: EventSourceModel;
  readonly #queue: QueueModel;
  readonly #pool: FunctionPool;
  readonly #services: SqsSourceServices;
  readonly #concurrency: number;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #inHand = new Set<string>();
  readonly #loop: Promise<void>;

  constructor(source: EventSourceModel, queue: QueueModel, pool: FunctionPool, services: SqsSourceServices) {
    this.#source = source;
    this.#queue = queue;
    this.#pool = pool;
    this.#services = services;
    this.#concurrency = Math.max(1, Math.min(source.maxConcurrency ?? pool.concurrency, pool.concurrency));
    this.#loop = this.#poll();
  }

  /**
   * Stops receiving. After the functions have stopped, {@link returnUnfinished} returns their messages to the queue.
   */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  /** Makes unfinished messages visible again, so that the next start receives them at once. */
  async returnUnfinished(): Promise<void> {
    await Promise.all(this.#running);
    for (const receiptHandle of this.#inHand) {
      await this.#services.sqs
        .send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: this.#queue.url,
            ReceiptHandle: receiptHandle,
            VisibilityTimeout: 0,
          }),
        )
        .catch(() => {});
    }
  }

  async #poll(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      if (this.#running.size >= this.#concurrency) {
        await Promise.race(this.#running);
        continue;
      }
      try {
        const batch = await this.#receive();
        if (batch.length > 0) this.#start(batch);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        this.#services.log.warn(`Receiving from ${this.#queue.name} failed: ${messageOf(error)}`);
        await sleep(ERROR_PAUSE_MILLISECONDS, undefined, { signal: this.#stopping.signal }).catch(() => {});
      }
    }
  }

  async #receive(): Promise<ReceivedMessage[]> {
    const { Messages } = await this.#services.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.#queue.url,
        MaxNumberOfMessages: Math.min(MAX_RECEIVED, this.#source.batchSize),
        WaitTimeSeconds: LONG_POLL_SECONDS,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
      { abortSignal: this.#stopping.signal },
    );
    return receivedMessages(Messages);
  }

  #start(batch: readonly ReceivedMessage[]): void {
    for (const { receiptHandle } of batch) this.#inHand.add(receiptHandle);
    const run = this.#process(batch).finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  async #process(batch: readonly ReceivedMessage[]): Promise<void> {
    const result = await this.#pool.invoke(JSON.stringify(sqsEvent(batch, this.#queue.arn)));
    const stopped = this.#stopping.signal.aborted;
    const ids = batch.map(({ id }) => id);
    const done =
      result.kind === 'success' ? succeededIds(ids, result.payload, this.#source.reportsFailures) : [];
    try {
      await this.#delete(batch.filter(({ id }) => done.includes(id)));
    } catch (error) {
      this.#services.log.warn(`Deleting from ${this.#queue.name} failed: ${messageOf(error)}`);
    }
    // A failed message waits for its visibility timeout. A message that a stop interrupted stays in the set, to be
    // returned.
    for (const { id, receiptHandle } of batch) {
      if (!stopped || done.includes(id)) this.#inHand.delete(receiptHandle);
    }
  }

  async #delete(messages: readonly ReceivedMessage[]): Promise<void> {
    if (messages.length === 0) return;
    await this.#services.sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: this.#queue.url,
        Entries: messages.map(({ receiptHandle }, index) => ({
          Id: String(index),
          ReceiptHandle: receiptHandle,
        })),
      }),
    );
  }
}

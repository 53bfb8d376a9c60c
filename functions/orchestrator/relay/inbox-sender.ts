import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SagaEvent } from '../../contracts/events.ts';
import type { VideoId } from '../../contracts/ids.ts';
import { messageGroupOf } from '../../contracts/routing.ts';
import { recordMetrics } from '../../shared/metrics/metrics.ts';
import { describeCallFailure } from './call-failure.ts';

/** SQS takes at most ten messages a call. */
const BATCH_MESSAGES = 10;
/** Calls at a time. */
const LANES = 4;
/**
 * Events that may wait in a lane. While SQS is away, the sweepers publish the same events again and again: what does not find
 * room is refused at once, and comes again when SQS is back.
 */
const MAX_WAITING = 1_000;

/** SQS refused a message, could not be reached, or has fallen too far behind. */
export class SendFailedError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SendFailedError';
  }
}

interface Waiting {
  event: SagaEvent;
  json: string;
  resolve(): void;
  reject(error: Error): void;
}

/** Events that are sent one call after the other. */
interface Lane {
  waiting: Waiting[];
  sending: boolean;
}

/**
 * Sends events to one FIFO inbox: group by `messageGroupOf`, deduplication id = event id. A few calls at a time, since
 * most of a call is waiting for its answer; those of one saga one after the other, so that its events stay in order.
 * What arrives meanwhile shares the next call. A call ends in the client's time limits, so a connection that falls silent
 * fails one batch and does not stop its lane.
 */
export class InboxSender {
  readonly #sqs: SQSClient;
  readonly #queueUrl: string;
  readonly #givingUp: AbortSignal;
  readonly #lanes: readonly Lane[] = Array.from({ length: LANES }, () => ({ waiting: [], sending: false }));

  /** @param givingUp fails, once aborted, what waits and what is under way. @default never */
  constructor(sqs: SQSClient, queueUrl: string, givingUp = new AbortController().signal) {
    this.#sqs = sqs;
    this.#queueUrl = queueUrl;
    this.#givingUp = givingUp;
  }

  /**
   * Resolves once SQS has accepted the event. @throws SendFailedError (as rejection) when it did not.
   *
   * @param json the message: the event as it came, with fields that this code may not know.
   */
  send(event: SagaEvent, json: string): Promise<void> {
    const lane = this.#lanes[laneOf(event.sagaId)];
    if (!lane) throw new Error('unreachable');
    if (lane.waiting.length >= MAX_WAITING) {
      return Promise.reject(new SendFailedError(`${MAX_WAITING} events wait for SQS already`));
    }
    return new Promise((resolve, reject) => {
      lane.waiting.push({ event, json, resolve, reject });
      if (!lane.sending) void this.#drain(lane);
    });
  }

  async #drain(lane: Lane): Promise<void> {
    lane.sending = true;
    while (lane.waiting.length > 0) await this.#sendBatch(lane.waiting.splice(0, BATCH_MESSAGES));
    lane.sending = false;
  }

  async #sendBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const { Failed } = await this.#sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: this.#queueUrl,
          Entries: batch.map(({ event, json }, position) => ({
            Id: String(position),
            MessageBody: toAscii(json),
            MessageGroupId: messageGroupOf(event),
            MessageDeduplicationId: event.id,
          })),
        }),
        { abortSignal: this.#givingUp },
      );
      const reasons = new Map((Failed ?? []).map((failure) => [failure.Id, failure.Code ?? 'unknown']));
      for (const [position, { resolve, reject }] of batch.entries()) {
        const reason = reasons.get(String(position));
        if (reason === undefined) resolve();
        else reject(new SendFailedError(`SQS refused the message: ${reason}`));
      }
    } catch (cause) {
      const { reason, sentence } = describeCallFailure(cause);
      recordMetrics({ QueueCallsFailed: 1 }, { reason });
      for (const { reject } of batch) reject(new SendFailedError(sentence, { cause }));
    }
  }
}

/** The last hexadecimal digits of a UUID v7 are random: sagas spread evenly. */
const laneOf = (sagaId: VideoId): number => Number.parseInt(sagaId.slice(-2), 16) % LANES;

/**
 * The same JSON in ASCII alone. SQS refuses messages with certain characters (U+FFFE and U+FFFF, for example; local
 * stand-ins refuse more), and a file's name may hold any of them: escaped, none of them is in the message. (Outside of
 * its strings JSON is ASCII anyway.)
 */
const toAscii = (json: string): string =>
  json.replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

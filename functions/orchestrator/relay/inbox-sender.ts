import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SagaEvent } from '../../contracts/events.ts';
import type { VideoId } from '../../contracts/ids.ts';
import { messageGroupOf } from '../../contracts/routing.ts';
import { recordMetrics } from '../../shared/metrics/metrics.ts';
import { describeCallFailure } from './call-failure.ts';

/** SQS accepts at most ten messages per call. */
const BATCH_MESSAGES = 10;
/** Concurrent calls. */
const LANES = 4;
/**
 * Maximum waiting events per lane. While SQS is unavailable, the sweepers republish the same events repeatedly. Further
 * events are refused at once and are published again when SQS is available.
 */
const MAX_WAITING = 1_000;

/** SQS refused a message, could not be reached, or is too slow. */
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

/** Events that are sent in sequential calls. */
interface Lane {
  waiting: Waiting[];
  sending: boolean;
}

/**
 * Sends events to one FIFO inbox, with the group of `messageGroupOf` and the event id as deduplication id. Several
 * calls run concurrently, because a call mostly waits for its response. Events of one saga are sent sequentially, so
 * that they stay in order. Events that arrive during a call share the next one. The client's time limits end each call,
 * so a silent connection fails one batch and does not block its lane.
 */
export class InboxSender {
  readonly #sqs: SQSClient;
  readonly #queueUrl: string;
  readonly #givingUp: AbortSignal;
  readonly #lanes: readonly Lane[] = Array.from({ length: LANES }, () => ({ waiting: [], sending: false }));

  /** @param givingUp once aborted, waiting and running sends fail. @default never */
  constructor(sqs: SQSClient, queueUrl: string, givingUp = new AbortController().signal) {
    this.#sqs = sqs;
    this.#queueUrl = queueUrl;
    this.#givingUp = givingUp;
  }

  /**
   * Resolves once SQS has accepted the event.
   *
   * @param json the message: the received event, including fields that this code may not know
   * @throws SendFailedError (as a rejection) if SQS did not accept the event
   */
  send(event: SagaEvent, json: string): Promise<void> {
    const lane = this.#lanes[laneOf(event.sagaId)];
    if (!lane) throw new Error('unreachable');
    if (lane.waiting.length >= MAX_WAITING) {
      return Promise.reject(new SendFailedError(`${MAX_WAITING} events already wait for SQS`));
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

/** The last hexadecimal digits of a UUID v7 are random, so sagas are distributed evenly. */
const laneOf = (sagaId: VideoId): number => Number.parseInt(sagaId.slice(-2), 16) % LANES;

/**
 * Converts JSON to ASCII. SQS refuses messages with certain characters (for example U+FFFE and U+FFFF; local emulators
 * refuse more), and a file's name may contain them. So all non-ASCII characters are escaped. (Outside of strings, JSON
 * is always ASCII.)
 */
const toAscii = (json: string): string =>
  json.replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

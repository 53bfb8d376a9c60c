import {
  BatchProcessor,
  EventType,
  processPartialResponse,
  SqsFifoPartialProcessorAsync,
} from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { ENV_DEAD_LETTER_ARNS } from '../../contracts/env.ts';
import { SagaEvent, type SagaEventOf, type SagaEventType } from '../../contracts/events.ts';
import { once } from '../config/cold-start.ts';
import { lazyEnv } from '../config/env.ts';
import { eventFields, logger } from '../logging/logger.ts';
import { recordMetrics } from '../metrics/metrics.ts';

/** The current invocation, for consumers. */
export interface Invocation {
  /** Milliseconds until the platform ends this invocation. */
  remainingMilliseconds(): number;
}

/** One consumer for each event type that the context handles. */
export type EventConsumers<Services> = {
  [Type in SagaEventType]?: (
    event: SagaEventOf<Type>,
    services: Services,
    invocation: Invocation,
  ) => Promise<void>;
};

/** Cold start and consumers of an inbox. */
export interface InboxHandlerOptions<Services> {
  build: () => Promise<Services>;
  consumers: EventConsumers<Services>;
}

/** A message that this inbox can never handle. Its receive count moves it to the dead-letter queue, where it stays. */
export class PoisonMessageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PoisonMessageError';
  }
}

/**
 * Creates the handler of a FIFO inbox, which parses each record and calls its consumer. The first failed record of a
 * group and all later records of that group return to the queue; other groups (sagas) continue. Dead letters are
 * handled independently of each other: they have lost their order anyway, consumers do not need it, and a message that
 * can never be consumed must not block others.
 */
export const createInboxHandler = <Services>({ build, consumers }: InboxHandlerOptions<Services>) => {
  const services = once(build);
  return middy<SQSEvent, SQSBatchResponse, Error, Context>().handler(async (batch, context) => {
    recordMetrics({ MessageAgeSeconds: oldestSeconds(batch.Records) }, { consumer: CONSUMER });
    const ready = await services();
    const consume = (record: SQSRecord) =>
      dispatch(parseRecord(record), consumers, ready, {
        remainingMilliseconds: () => context.getRemainingTimeInMillis(),
      });
    if (isOfDeadLetters(batch)) {
      return processPartialResponse(batch, consume, new BatchProcessor(EventType.SQS), {
        context,
        processInParallel: false,
        throwOnFullBatchFailure: false,
      });
    }
    return processPartialResponse(batch, consume, new SqsFifoPartialProcessorAsync(), {
      context,
      skipGroupOnError: true,
      throwOnFullBatchFailure: false,
    });
  });
};

const deadLetterEnv = lazyEnv(
  z.object({
    [ENV_DEAD_LETTER_ARNS]: z
      .string()
      .default('')
      .transform((list) => list.split(',')),
  }),
);

/** All records of a batch come from the same queue. */
const isOfDeadLetters = ({ Records: [record] }: SQSEvent): boolean =>
  record !== undefined && deadLetterEnv().DEAD_LETTER_ARNS.includes(record.eventSourceARN);

const CONSUMER = process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'unknown';

/** Age of the oldest record, in seconds. */
const oldestSeconds = (records: readonly SQSRecord[]): number =>
  Math.max(0, ...records.map(({ attributes }) => (Date.now() - Number(attributes.SentTimestamp)) / 1000));

/** @throws PoisonMessageError if the body is not a saga event of a known version */
export const parseRecord = (record: Pick<SQSRecord, 'body' | 'messageId'>): SagaEvent => {
  try {
    return SagaEvent.parse(JSON.parse(record.body));
  } catch (cause) {
    logger.error('Poison message', { messageId: record.messageId });
    throw new PoisonMessageError(`Message ${record.messageId} is not a saga event`, { cause });
  }
};

/** Calls the consumer for the event's type. @throws PoisonMessageError if there is none */
export const dispatch = async <Services>(
  event: SagaEvent,
  consumers: EventConsumers<Services>,
  services: Services,
  invocation: Invocation,
): Promise<void> => {
  logger.info('Event received', eventFields(event));
  try {
    await consumerCall(event, consumers, services, invocation);
  } catch (error) {
    logger.error('Event not consumed', { ...eventFields(event), error });
    throw error;
  }
};

const consumerCall = <Type extends SagaEventType, Services>(
  event: SagaEventOf<Type>,
  consumers: Pick<EventConsumers<Services>, Type>,
  services: Services,
  invocation: Invocation,
): Promise<void> => {
  const consumer = consumers[event.type];
  return consumer === undefined ? unexpected(event) : consumer(event, services, invocation);
};

const unexpected = async (event: SagaEvent): Promise<never> => {
  throw new PoisonMessageError(`This inbox does not consume ${event.type}`);
};

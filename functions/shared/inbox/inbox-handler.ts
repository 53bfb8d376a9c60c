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

/** What the invocation lets a consumer know. */
export interface Invocation {
  /** Milliseconds until the platform ends this invocation. */
  remainingMilliseconds(): number;
}

/** One consumer per event type that the context reacts to. */
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

/** A message that this inbox can never act on; it goes to the dead letters by its receive count, and stays there. */
export class PoisonMessageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PoisonMessageError';
  }
}

/**
 * The handler of a FIFO inbox: each record is parsed and given to its consumer. The first failure of a group and
 * all after it in that group are returned to the queue; other groups (sagas) go on. Dead letters have lost their order
 * already, and consumers can do without: there each is on its own, so that one that will never be consumed holds up none.
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

/** A batch is of one queue. */
const isOfDeadLetters = ({ Records: [record] }: SQSEvent): boolean =>
  record !== undefined && deadLetterEnv().DEAD_LETTER_ARNS.includes(record.eventSourceARN);

const CONSUMER = process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'unknown';

/** How long ago the oldest of these was sent. */
const oldestSeconds = (records: readonly SQSRecord[]): number =>
  Math.max(0, ...records.map(({ attributes }) => (Date.now() - Number(attributes.SentTimestamp)) / 1000));

/** @throws PoisonMessageError when the body is no saga event of a version that we know. */
export const parseRecord = (record: Pick<SQSRecord, 'body' | 'messageId'>): SagaEvent => {
  try {
    return SagaEvent.parse(JSON.parse(record.body));
  } catch (cause) {
    logger.error('Poison message', { messageId: record.messageId });
    throw new PoisonMessageError(`Message ${record.messageId} is no saga event`, { cause });
  }
};

/** Gives an event to the consumer of its type. @throws PoisonMessageError where there is none. */
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

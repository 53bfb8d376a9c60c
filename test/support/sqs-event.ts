import { randomUUID } from 'node:crypto';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { SagaEvent } from '../../functions/contracts/events.ts';
import { lambdaContext } from './api-event.ts';

const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:test';
const FIFO_QUEUE_ARN = `${QUEUE_ARN}.fifo`;
export const DEAD_LETTERS_ARN = `${QUEUE_ARN}-dead-letters.fifo`;

/** The handler of a function that consumes a queue. */
export type SqsHandler = (
  event: SQSEvent,
  context: ReturnType<typeof lambdaContext>,
) => Promise<SQSBatchResponse>;

/** The batch in which Lambda's poller delivers messages; `group` is the message group of a FIFO queue. */
export const sqsBatch = (
  messages: readonly { body: string; group?: string }[],
  queueArn = messages.some(({ group }) => group !== undefined) ? FIFO_QUEUE_ARN : QUEUE_ARN,
): SQSEvent => ({
  Records: messages.map(({ body, group }, position) => ({
    messageId: `message-${position}`,
    receiptHandle: randomUUID(),
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: 'test',
      ApproximateFirstReceiveTimestamp: '0',
      ...(group !== undefined && { MessageGroupId: group }),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: 'us-east-1',
  })),
});

/** Delivers bodies to a handler as one batch of this queue. @returns the positions of the returned messages. */
export const deliverBodies = async (
  handler: SqsHandler,
  messages: readonly { body: string; group?: string }[],
  queueArn?: string,
): Promise<number[]> => {
  const { batchItemFailures } = await handler(sqsBatch(messages, queueArn), lambdaContext());
  return batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier.split('-')[1]));
};

/** Delivers events to an inbox in one batch, grouped by saga. @returns the positions of the returned events. */
export const deliverEvents = (handler: SqsHandler, ...events: readonly SagaEvent[]): Promise<number[]> =>
  deliverBodies(handler, events.map(toMessage));

/** Delivers events to a handler from its dead-letter queue. Its environment must name `DEAD_LETTERS_ARN`. */
export const deliverDeadLetters = (handler: SqsHandler, ...events: readonly SagaEvent[]): Promise<number[]> =>
  deliverBodies(handler, events.map(toMessage), DEAD_LETTERS_ARN);

const toMessage = (event: SagaEvent) => ({ body: JSON.stringify(event), group: event.sagaId });

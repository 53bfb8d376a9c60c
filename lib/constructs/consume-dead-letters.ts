import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { ENV_DEAD_LETTER_ARNS } from '../../functions/contracts/env.ts';
import { DEAD_LETTER_CONCURRENCY } from '../config/lambda-limits.ts';
import type { DeadLetteredQueue } from './dead-lettered-queue.ts';

/**
 * Lets a function consume the dead letters of these queues: at once, then again after each visibility timeout until it
 * succeeds. A message that never succeeds stays until SQS deletes it. The function gets the queues' ARNs, because it
 * handles dead letters without order. Call this once per function.
 */
export const consumeDeadLetters = (handler: lambda.Function, queues: readonly DeadLetteredQueue[]): void => {
  for (const { deadLetters } of queues) {
    handler.addEventSource(
      new SqsEventSource(deadLetters, {
        maxConcurrency: DEAD_LETTER_CONCURRENCY,
        reportBatchItemFailures: true,
      }),
    );
  }
  handler.addEnvironment(
    ENV_DEAD_LETTER_ARNS,
    queues.map(({ deadLetters }) => deadLetters.queueArn).join(','),
  );
};

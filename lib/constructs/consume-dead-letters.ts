import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { ENV_DEAD_LETTER_ARNS } from '../../functions/contracts/env.ts';
import { DEAD_LETTER_CONCURRENCY } from '../config/lambda-limits.ts';
import type { DeadLetteredQueue } from './dead-lettered-queue.ts';

/**
 * Gives the dead letters of these queues to a function: at once, then again after each visibility time, until it takes
 * them. What it never takes stays, for as long as SQS keeps it. It learns which queues these are, because among dead
 * letters order means nothing. To be called once for a function.
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

import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import { consumeDeadLetters } from './consume-dead-letters.ts';
import { DeadLetteredQueue, type DeadLetteredQueueProps } from './dead-lettered-queue.ts';

export interface QueueConsumerProps extends DeadLetteredQueueProps {
  readonly handler: lambda.Function;
  /** @default 10 */
  readonly batchSize?: number;
  /** Maximum concurrent invocations. */
  readonly maxConcurrency: number;
  /** False if another function consumes the dead letters. @default true */
  readonly retriesDeadLetters?: boolean;
}

/**
 * A queue whose messages invoke a function immediately. The function reports failed messages. Messages that failed too
 * often are retried slowly by the same function, as dead letters.
 */
export class QueueConsumer extends DeadLetteredQueue {
  constructor(scope: Construct, id: string, props: QueueConsumerProps) {
    super(scope, id, props);
    props.handler.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: props.batchSize ?? 10,
        maxConcurrency: props.maxConcurrency,
        reportBatchItemFailures: true,
      }),
    );
    if (props.retriesDeadLetters ?? true) consumeDeadLetters(props.handler, [this]);
  }
}

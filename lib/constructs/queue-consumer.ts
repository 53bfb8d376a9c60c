import type { Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import { DeadLetteredQueue } from './dead-lettered-queue.ts';

export interface QueueConsumerProps {
  readonly handler: lambda.Function;
  readonly fifo: boolean;
  readonly visibilityTimeout: Duration;
  /** @default 10 */
  readonly batchSize?: number;
  /** The most invocations at a time. */
  readonly maxConcurrency: number;
}

/** A queue with its dead letters whose messages invoke a function at once; it reports the ones that failed. */
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
  }
}

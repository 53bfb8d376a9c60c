import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/stage.ts';
import type { NodeFunction } from '../constructs/node-function.ts';
import { QueueConsumer } from '../constructs/queue-consumer.ts';

/** Memory and timeout of functions that handle an event quickly. */
export const quickSize = ({ timing }: StageConfig) => ({
  timeout: Duration.seconds(timing.inboxTimeoutSeconds),
  memoryMegabytes: 512,
});

/** The visibility timeout of their messages. */
export const quickVisibility = ({ timing }: StageConfig): Duration =>
  Duration.seconds(timing.inboxVisibilitySeconds);

/** The FIFO inbox of a context whose handler handles an event quickly. */
export const quickInbox = (scope: Construct, config: StageConfig, handler: NodeFunction): QueueConsumer =>
  new QueueConsumer(scope, 'Inbox', {
    config,
    handler,
    fifo: true,
    visibilityTimeout: quickVisibility(config),
    maxConcurrency: config.concurrency.quick,
  });

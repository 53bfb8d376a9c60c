import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/stage.ts';
import type { NodeFunction } from '../constructs/node-function.ts';
import { QueueConsumer } from '../constructs/queue-consumer.ts';

/**
 * Six times the 30 s of the functions, as AWS advises: a batch that was throttled comes back before its messages do.
 */
export const QUICK_VISIBILITY = Duration.minutes(3);

/** The FIFO inbox of a context whose handler needs no more than moments for an event. */
export const quickInbox = (scope: Construct, config: StageConfig, handler: NodeFunction): QueueConsumer =>
  new QueueConsumer(scope, 'Inbox', {
    handler,
    fifo: true,
    visibilityTimeout: QUICK_VISIBILITY,
    maxConcurrency: config.concurrency.quick,
  });

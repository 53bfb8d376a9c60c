import { Duration } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENV_INBOX_URL } from '../../functions/contracts/env.ts';
import type { Inbox } from '../../functions/contracts/routing.ts';
import type { StageConfig } from '../config/stage.ts';
import { DeadLetterAlarm } from './dead-letter-alarm.ts';
import type { Workload } from './workload.ts';

/** AWS's recommended minimum, so that a throttled consumer does not move valid messages to the dead-letter queue. */
export const MAX_RECEIVE_COUNT = 5;

/** SQS's maximum, so that dead letters outlast an outage and there is time to investigate. */
const DEAD_LETTER_RETENTION = Duration.days(14);
const RETENTION = Duration.days(4);

export interface DeadLetteredQueueProps {
  readonly config: StageConfig;
  /** First in, first out, with deduplication within each message group. */
  readonly fifo: boolean;
  /** How long a received message stays hidden from other consumers. */
  readonly visibilityTimeout: Duration;
}

/**
 * A queue and its dead-letter queue, both only over TLS. The function that `consumeDeadLetters` sets retries dead
 * letters slowly; an alarm reports those that remain.
 */
export class DeadLetteredQueue extends Construct {
  readonly queue: sqs.Queue;
  readonly deadLetters: sqs.Queue;

  constructor(scope: Construct, id: string, { config, fifo, visibilityTimeout }: DeadLetteredQueueProps) {
    super(scope, id);
    const common = {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      ...(fifo && {
        fifo,
        // Order and deduplication only matter within a message group, so groups need not wait for each other.
        deduplicationScope: sqs.DeduplicationScope.MESSAGE_GROUP,
        fifoThroughputLimit: sqs.FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      }),
    };
    this.deadLetters = new sqs.Queue(this, 'DeadLetters', {
      ...common,
      retentionPeriod: DEAD_LETTER_RETENTION,
      visibilityTimeout: Duration.seconds(config.timing.deadLetterVisibilitySeconds),
    });
    this.queue = new sqs.Queue(this, 'Queue', {
      ...common,
      visibilityTimeout,
      retentionPeriod: RETENTION,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVE_COUNT },
    });
    // LocalStack's free image has no alarms, and one machine needs none.
    if (!config.local)
      new DeadLetterAlarm(this, 'DeadLetterAlarm', { deadLetters: this.deadLetters, of: this.node.path });
  }

  /** For the relay: allows sending, and sets the URL under the inbox's name. */
  grantSend(workload: Workload, inbox: Inbox): void {
    this.queue.grant(workload, 'sqs:SendMessage');
    workload.addEnvironment(ENV_INBOX_URL[inbox], this.queue.queueUrl);
  }

  /** For the relay: allows reading attributes, which keeps the queue's metrics up to date (docs/adr/0025). */
  grantKeepAwake(workload: Workload): void {
    this.queue.grant(workload, 'sqs:GetQueueAttributes');
  }

  /** For a container that polls the queue itself and renews its messages' visibility timeout. */
  grantReceive(workload: Workload, inbox: Inbox): void {
    this.queue.grant(
      workload,
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:ChangeMessageVisibility',
      'sqs:GetQueueAttributes',
    );
    workload.addEnvironment(ENV_INBOX_URL[inbox], this.queue.queueUrl);
  }
}

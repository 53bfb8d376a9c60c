import { CreateQueueCommand, SetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { QueueModel } from '../template/model.ts';

/** Creates the queues that are missing and brings the attributes of all up to date; messages stay. */
export const provisionQueues = async (sqs: SQSClient, queues: readonly QueueModel[]): Promise<void> => {
  for (const { name, fifo } of queues) {
    await sqs.send(
      new CreateQueueCommand({ QueueName: name, ...(fifo ? { Attributes: { FifoQueue: 'true' } } : {}) }),
    );
  }
  // Only now: a dead-letter queue is named by another queue's attributes.
  for (const { url, attributes } of queues) {
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { ...attributes } }));
  }
};

import { CreateQueueCommand, SetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { QueueModel } from '../template/model.ts';

/** Creates the missing queues and updates the attributes of all queues. Messages stay. */
export const provisionQueues = async (sqs: SQSClient, queues: readonly QueueModel[]): Promise<void> => {
  for (const { name, fifo } of queues) {
    await sqs.send(
      new CreateQueueCommand({ QueueName: name, ...(fifo ? { Attributes: { FifoQueue: 'true' } } : {}) }),
    );
  }
  // In a second step, because the attributes of one queue may name another as its dead-letter queue.
  for (const { url, attributes } of queues) {
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { ...attributes } }));
  }
};

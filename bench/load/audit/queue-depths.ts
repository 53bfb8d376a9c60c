import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { System } from '../system.ts';

/** Number of messages, visible or not, of each queue that is not empty. */
export const queueDepths = async ({ sqs, stack }: System): Promise<Readonly<Record<string, number>>> => {
  const depths: Record<string, number> = {};
  for (const { logicalId, url } of stack.model.queues) {
    const { Attributes: attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    const depth = Object.values(attributes).reduce((sum, count) => sum + Number(count), 0);
    if (depth > 0) depths[logicalId] = depth;
  }
  return depths;
};

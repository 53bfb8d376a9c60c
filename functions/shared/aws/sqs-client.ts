import { SQSClient } from '@aws-sdk/client-sqs';
import type { CallLimits } from './call-limits.ts';
import { clientConfig } from './request-handler.ts';

/**
 * The client for queues. By default the SDK calls the host of a queue's URL and warns on each call where that is not the
 * endpoint it was told. Where AWS_ENDPOINT_URL names one for all services (LocalStack), that one is called.
 */
export const createSqsClient = (limits: CallLimits): SQSClient =>
  new SQSClient({
    ...clientConfig(limits),
    ...(process.env.AWS_ENDPOINT_URL !== undefined && { useQueueUrlAsEndpoint: false }),
  });

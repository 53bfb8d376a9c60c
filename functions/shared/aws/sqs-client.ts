import { SQSClient } from '@aws-sdk/client-sqs';
import type { CallLimits } from './call-limits.ts';
import { clientConfig } from './request-handler.ts';

/**
 * Creates the client for queues. By default, the SDK calls the host of a queue's URL, and it warns on each call if that
 * differs from the configured endpoint. If AWS_ENDPOINT_URL sets one endpoint for all services (LocalStack), the client
 * calls that endpoint.
 */
export const createSqsClient = (limits: CallLimits): SQSClient =>
  new SQSClient({
    ...clientConfig(limits),
    ...(process.env.AWS_ENDPOINT_URL !== undefined && { useQueueUrlAsEndpoint: false }),
  });

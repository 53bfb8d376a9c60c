import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { once } from '../shared/config/cold-start.ts';
import { logger } from '../shared/logging/logger.ts';
import { parseObjectCreated } from './core/object-created.ts';
import { receiveSource } from './core/receive-source.ts';
import { buildServices } from './services.ts';

const services = once(buildServices);

const receive = async ({ body, messageId }: SQSRecord): Promise<void> => {
  try {
    const { storageKey } = parseObjectCreated(body);
    const reception = await receiveSource(storageKey, await services());
    logger.info('Object received', { storageKey, reception });
  } catch (error) {
    logger.error('Object not received', { messageId, error });
    throw error;
  }
};

/** Handles S3's notifications of new objects, which may be repeated, late and out of order. */
export const handler = middy<SQSEvent, SQSBatchResponse, Error, Context>().handler((batch, context) =>
  processPartialResponse(batch, receive, new BatchProcessor(EventType.SQS), {
    context,
    throwOnFullBatchFailure: false,
  }),
);

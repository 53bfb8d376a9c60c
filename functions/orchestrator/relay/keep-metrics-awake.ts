import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { logger } from '../../shared/logging/logger.ts';
import { recordMetrics } from '../../shared/metrics/metrics.ts';
import { describeCallFailure } from './call-failure.ts';

export interface KeepMetricsAwakeOptions {
  sqs: SQSClient;
  /** The queue whose metrics scale the workers. */
  queueUrl: string;
  /** Ends the accesses, including a running call. */
  stopping: AbortSignal;
  /** Interval between two calls. @default 300000 */
  everyMilliseconds?: number;
}

/** Rare enough to cost almost nothing (a cent in two months); 70 calls in a row may fail before metrics are late. */
const EVERY_MILLISECONDS = 5 * 60_000;

/**
 * Accesses a queue every few minutes. For CloudWatch, a queue without access for six hours is inactive, and when it is
 * used again, its metrics are up to 15 minutes late ("CloudWatch metrics for Amazon SQS", SQS Developer Guide). During
 * that time, no worker would start. A failed call is logged and counted, and the next one follows at the usual time.
 * The client's time limits end each call, and events are relayed in the meantime.
 */
export const keepMetricsAwake = (options: KeepMetricsAwakeOptions): void => {
  const { sqs, queueUrl, stopping, everyMilliseconds = EVERY_MILLISECONDS } = options;
  let underWay = false;
  const access = async () => {
    if (underWay) return;
    underWay = true;
    try {
      const command = new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: ['ApproximateNumberOfMessages'],
      });
      await sqs.send(command, { abortSignal: stopping });
    } catch (error) {
      if (stopping.aborted) return;
      const { reason, sentence } = describeCallFailure(error);
      logger.warn('Queue not accessed; the next worker may start late', { sentence, error });
      recordMetrics({ QueueCallsFailed: 1 }, { reason });
    } finally {
      underWay = false;
    }
  };
  const timer = setInterval(() => void access(), everyMilliseconds);
  stopping.addEventListener('abort', () => clearInterval(timer), { once: true });
  void access();
};

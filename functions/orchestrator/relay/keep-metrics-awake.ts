import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { logger } from '../../shared/logging/logger.ts';
import { recordMetrics } from '../../shared/metrics/metrics.ts';
import { describeCallFailure } from './call-failure.ts';

export interface KeepMetricsAwakeOptions {
  sqs: SQSClient;
  /** The queue that the workers are scaled by. */
  queueUrl: string;
  /** Ends it, and the call under way. */
  stopping: AbortSignal;
  /** Between two calls. @default 300000 */
  everyMilliseconds?: number;
}

/** Seldom enough to cost nothing (a cent in two months), often enough that 70 calls may fail before it matters. */
const EVERY_MILLISECONDS = 5 * 60_000;

/**
 * Accesses a queue every few minutes. CloudWatch takes a queue that nothing accessed for six hours for inactive, and once it
 * is used again its metrics come up to 15 minutes late ("CloudWatch metrics for Amazon SQS", SQS Developer Guide): for so long
 * no worker would start. A call that fails is logged and counted, and the next one comes in its time; the call ends by the
 * client's time limits, and events are relayed meanwhile.
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

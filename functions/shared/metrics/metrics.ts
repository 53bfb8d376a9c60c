import {
  METRIC_ENGINE_FALLBACKS,
  METRIC_OLDEST_WAITING_SECONDS,
  METRIC_OUTBOX_ROWS_SET_ASIDE,
  METRIC_ROWS_UNREADABLE,
  METRICS_NAMESPACE,
} from '../../contracts/metrics.ts';
import { logger } from '../logging/logger.ts';

/** All metrics and their units. */
const METRICS = {
  /** Age of the oldest event that the relay has not acknowledged, except events that were set aside. */
  OutboxLagSeconds: 'Seconds',
  /** Outbox rows that the sweeper could not read. They are kept and retried every hour. */
  [METRIC_OUTBOX_ROWS_SET_ASIDE]: 'Count',
  /** Rows of other tables that could not be read and were skipped. */
  [METRIC_ROWS_UNREADABLE]: 'Count',
  /** How long the oldest uploaded video has waited for its extraction, and the number of waiting videos. */
  [METRIC_OLDEST_WAITING_SECONDS]: 'Seconds',
  WaitingVideos: 'Count',
  /** Age of a batch's oldest message when the consumer receives it. */
  MessageAgeSeconds: 'Seconds',
  /** Failed calls of the relay to SQS, by reason: `refused`, `failed` or `unreached`. */
  QueueCallsFailed: 'Count',
  /** Sagas that reached a status. */
  SagaSteps: 'Count',
  /** Jobs that the second engine took over, by cause. */
  [METRIC_ENGINE_FALLBACKS]: 'Count',
  /** Extraction attempts that ended. */
  Attempts: 'Count',
  /** Duration of a successful attempt, from its start to the ZIP's end. */
  ExtractionSeconds: 'Seconds',
  FramesDelivered: 'Count',
  /** Size of the source, the bytes that the engine read, and the number of its requests. */
  SourceBytes: 'Bytes',
  SourceBytesRead: 'Bytes',
  SourceRequests: 'Count',
} as const;
export type MetricName = keyof typeof METRICS;

/**
 * Writes metrics as one log line in CloudWatch's Embedded Metric Format. CloudWatch extracts metrics from it, and
 * people can read it directly.
 *
 * @param dimensions the dimensions of the values. Each must have few different values, so never use an id.
 */
export const recordMetrics = (
  values: Partial<Record<MetricName, number>>,
  dimensions: Readonly<Record<string, string>>,
): void => {
  const units = Object.entries(METRICS).filter(([name]) => name in values);
  logger.info('Metrics', {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        {
          Namespace: METRICS_NAMESPACE,
          Dimensions: [Object.keys(dimensions)],
          Metrics: units.map(([Name, Unit]) => ({ Name, Unit })),
        },
      ],
    },
    ...dimensions,
    ...values,
  });
};

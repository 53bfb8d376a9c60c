import {
  METRIC_ENGINE_FALLBACKS,
  METRIC_OLDEST_WAITING_SECONDS,
  METRIC_OUTBOX_ROWS_SET_ASIDE,
  METRIC_ROWS_UNREADABLE,
  METRICS_NAMESPACE,
} from '../../contracts/metrics.ts';
import { logger } from '../logging/logger.ts';

/** Every metric that there is, with its unit. */
export const METRICS = {
  /** Age of the oldest event that the relay has not acknowledged, without those set aside. */
  OutboxLagSeconds: 'Seconds',
  /** Outbox rows that the sweeper could not read; they are kept and tried again every hour. */
  [METRIC_OUTBOX_ROWS_SET_ASIDE]: 'Count',
  /** Rows of other tables that could not be read and were left out. */
  [METRIC_ROWS_UNREADABLE]: 'Count',
  /** How long the oldest uploaded video has waited for its extraction to begin, and how many wait. */
  [METRIC_OLDEST_WAITING_SECONDS]: 'Seconds',
  WaitingVideos: 'Count',
  /** Age of the oldest message of a batch when its consumer gets it. */
  MessageAgeSeconds: 'Seconds',
  /** A call of the relay to SQS failed; by reason: `refused`, `failed` or `unreached`. */
  QueueCallsFailed: 'Count',
  /** A saga reached a status. */
  SagaSteps: 'Count',
  /** The second engine took over from the first one; by cause. */
  [METRIC_ENGINE_FALLBACKS]: 'Count',
  /** An attempt of an extraction ended. */
  Attempts: 'Count',
  /** Of an attempt that delivered, from its start to the ZIP's end. */
  ExtractionSeconds: 'Seconds',
  FramesDelivered: 'Count',
  /** Of the source; of it, what the engine read, in so many requests. */
  SourceBytes: 'Bytes',
  SourceBytesRead: 'Bytes',
  SourceRequests: 'Count',
} as const;
export type MetricName = keyof typeof METRICS;

/**
 * Writes metrics as one line of the log, in CloudWatch's Embedded Metric Format: CloudWatch makes metrics of it, people
 * read it as it is.
 *
 * @param dimensions what to tell the values apart by; few values each, so never an id.
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

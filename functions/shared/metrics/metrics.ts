import { logger } from '../logging/logger.ts';

const NAMESPACE = 'FrameFlow';

/** Every metric that there is, with its unit. */
export const METRICS = {
  /** Age of the oldest event that the relay has not acknowledged. */
  OutboxLagSeconds: 'Seconds',
  /** Age of the oldest message of a batch when its consumer gets it. */
  MessageAgeSeconds: 'Seconds',
  /** A saga reached a status. */
  SagaSteps: 'Count',
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
          Namespace: NAMESPACE,
          Dimensions: [Object.keys(dimensions)],
          Metrics: units.map(([Name, Unit]) => ({ Name, Unit })),
        },
      ],
    },
    ...dimensions,
    ...values,
  });
};

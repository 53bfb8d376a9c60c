import type { ExtractionMeasures } from '../core/ports.ts';

const NAMESPACE = 'FrameFlow';

/**
 * One line in CloudWatch's embedded metric format: the log makes metrics of it, per engine, and nothing has to be
 * called for that.
 */
export const embeddedMetrics = (measures: ExtractionMeasures, timestamp: number): string =>
  JSON.stringify({
    _aws: {
      Timestamp: timestamp,
      CloudWatchMetrics: [
        {
          Namespace: NAMESPACE,
          Dimensions: [['Engine']],
          Metrics: [
            { Name: 'ExtractionSeconds', Unit: 'Seconds' },
            { Name: 'FramesDelivered', Unit: 'Count' },
            { Name: 'SourceBytes', Unit: 'Bytes' },
            { Name: 'SourceBytesRead', Unit: 'Bytes' },
            { Name: 'SourceRequests', Unit: 'Count' },
          ],
        },
      ],
    },
    Engine: measures.engine,
    ExtractionSeconds: measures.extractionSeconds,
    FramesDelivered: measures.framesDelivered,
    SourceBytes: measures.sourceBytes,
    SourceBytesRead: measures.bytesRead,
    SourceRequests: measures.requests,
    sagaId: measures.sagaId,
  });

/** Writes the measures of an extraction to the log. */
export const meterToLog = (measures: ExtractionMeasures): void => {
  process.stdout.write(`${embeddedMetrics(measures, Date.now())}\n`);
};

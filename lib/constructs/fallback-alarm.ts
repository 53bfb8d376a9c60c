import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import {
  METRIC_DIMENSION_CAUSE,
  METRIC_ENGINE_FALLBACKS,
  METRICS_NAMESPACE,
} from '../../functions/contracts/metrics.ts';

const PERIOD = Duration.minutes(5);

/** With this many crashes of libav within a period, the cause is not a few unusual files. */
const CRASHES = 10;

/**
 * Reports that the second engine extracts videos. It is several times slower, which no result shows. One fallback is
 * enough if libav did not start at all. Single crashes are normal, because the second engine exists for them.
 */
export class FallbackAlarm extends Construct {
  readonly alarm: cloudwatch.Alarm;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const fallbacks = (cause: 'not-started' | 'crashed'): cloudwatch.Metric =>
      new cloudwatch.Metric({
        namespace: METRICS_NAMESPACE,
        metricName: METRIC_ENGINE_FALLBACKS,
        dimensionsMap: { [METRIC_DIMENSION_CAUSE]: cause },
        period: PERIOD,
        statistic: 'Sum',
      });
    this.alarm = new cloudwatch.Alarm(this, 'Alarm', {
      alarmDescription:
        'libav does not start, or crashes on many videos. Users wait longer, and large videos time out. Runbook: "The second engine extracts".',
      metric: new cloudwatch.MathExpression({
        expression: `${CRASHES} * FILL(notStarted, 0) + FILL(crashed, 0)`,
        usingMetrics: { notStarted: fallbacks('not-started'), crashed: fallbacks('crashed') },
        period: PERIOD,
        label: `fallbacks, ${CRASHES} for each where libav did not start`,
      }),
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: CRASHES,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }
}

import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import {
  METRIC_DIMENSION_CONTEXT,
  METRIC_OUTBOX_ROWS_SET_ASIDE,
  METRIC_ROWS_UNREADABLE,
  METRICS_NAMESPACE,
  type StoringContext,
} from '../../functions/contracts/metrics.ts';

const PERIOD = Duration.minutes(5);

export interface UnreadableRowsAlarmProps {
  /** The context that stores the rows. */
  readonly context: StoringContext;
}

/**
 * Reports rows that the deployed code cannot read. Each sweep, once a minute, counts the outbox rows that are set
 * aside. Rows of other tables are counted when a sweep or a list reads them.
 */
export class UnreadableRowsAlarm extends Construct {
  readonly alarm: cloudwatch.Alarm;

  constructor(scope: Construct, id: string, { context }: UnreadableRowsAlarmProps) {
    super(scope, id);
    const metric = (metricName: string): cloudwatch.Metric =>
      new cloudwatch.Metric({
        namespace: METRICS_NAMESPACE,
        metricName,
        dimensionsMap: { [METRIC_DIMENSION_CONTEXT]: context },
        period: PERIOD,
        statistic: 'Maximum',
      });
    this.alarm = new cloudwatch.Alarm(this, 'Alarm', {
      alarmDescription: `Rows of the context ${context} cannot be read. Their videos make no progress or are not shown. Runbook: "Rows cannot be read".`,
      metric: new cloudwatch.MathExpression({
        // A metric without data must not hide the other one.
        expression: 'FILL(outbox, 0) + FILL(others, 0)',
        usingMetrics: {
          outbox: metric(METRIC_OUTBOX_ROWS_SET_ASIDE),
          others: metric(METRIC_ROWS_UNREADABLE),
        },
        period: PERIOD,
        label: 'rows that cannot be read',
      }),
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 0,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }
}

import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import {
  METRIC_DIMENSION_CONTEXT,
  METRIC_OLDEST_WAITING_SECONDS,
  METRICS_NAMESPACE,
} from '../../functions/contracts/metrics.ts';

const PERIOD = Duration.minutes(5);
/** Longer than any wait while the system keeps up, and than the start of a worker. */
const THRESHOLD = Duration.minutes(30);

/**
 * Tells that videos wait for their extraction for too long. Waiting fails no video, so only this alarm shows it:
 * the queue is too long for the functions and workers, or orders do not arrive.
 */
export class WaitingAlarm extends Construct {
  readonly alarm: cloudwatch.Alarm;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.alarm = new cloudwatch.Alarm(this, 'Alarm', {
      alarmDescription:
        'A user has waited for half an hour for the extraction to begin; nothing is lost. Runbook: "Videos wait".',
      metric: new cloudwatch.Metric({
        namespace: METRICS_NAMESPACE,
        metricName: METRIC_OLDEST_WAITING_SECONDS,
        dimensionsMap: { [METRIC_DIMENSION_CONTEXT]: 'upload' },
        period: PERIOD,
        statistic: 'Maximum',
      }),
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: THRESHOLD.toSeconds(),
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }
}

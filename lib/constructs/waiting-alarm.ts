import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import {
  METRIC_DIMENSION_CONTEXT,
  METRIC_OLDEST_WAITING_SECONDS,
  METRICS_NAMESPACE,
} from '../../functions/contracts/metrics.ts';

const PERIOD = Duration.minutes(5);
/** Longer than the waits under normal load and the start of a worker. */
const THRESHOLD = Duration.minutes(30);

/**
 * Reports that videos wait too long for their extraction. Waiting is not a failure, so only this alarm shows it. Either
 * the queue is too long for the functions and workers, or orders do not arrive.
 */
export class WaitingAlarm extends Construct {
  readonly alarm: cloudwatch.Alarm;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.alarm = new cloudwatch.Alarm(this, 'Alarm', {
      alarmDescription:
        'A user has waited half an hour for an extraction to begin. No data is lost. Runbook: "Videos wait".',
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

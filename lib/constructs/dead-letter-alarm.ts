import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

const PERIOD = Duration.minutes(5);
/** Enough time for several tries per message. After an outage, all messages are consumed by then. */
const PERIODS = 12;

export interface DeadLetterAlarmProps {
  readonly deadLetters: sqs.IQueue;
  /** The messages' consumer, for the engineer on call. */
  readonly of: string;
}

/**
 * Alerts the engineer on call if dead letters still exist after an hour. It counts messages, in flight or not, because
 * each message is hidden between its tries. The age of the oldest message cannot be used: that metric ignores messages
 * that were received more than a few times.
 */
export class DeadLetterAlarm extends Construct {
  readonly alarm: cloudwatch.Alarm;

  constructor(scope: Construct, id: string, { deadLetters, of }: DeadLetterAlarmProps) {
    super(scope, id);
    const options = { period: PERIOD, statistic: 'Maximum' };
    this.alarm = new cloudwatch.Alarm(this, 'Alarm', {
      alarmDescription: `Events of ${of} have failed repeatedly for an hour, and videos wait for them. Runbook: "Dead letters do not go".`,
      metric: new cloudwatch.MathExpression({
        expression: 'waiting + inFlight',
        usingMetrics: {
          waiting: deadLetters.metricApproximateNumberOfMessagesVisible(options),
          inFlight: deadLetters.metricApproximateNumberOfMessagesNotVisible(options),
        },
        period: PERIOD,
        label: 'dead letters',
      }),
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 0,
      evaluationPeriods: PERIODS,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }
}

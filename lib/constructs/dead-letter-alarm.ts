import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

const PERIOD = Duration.minutes(5);
/** Several tries of every letter: what an outage left is gone by then, if the outage is over. */
const PERIODS = 12;

export interface DeadLetterAlarmProps {
  readonly deadLetters: sqs.IQueue;
  /** The messages' consumer, for the engineer who is woken. */
  readonly of: string;
}

/**
 * Wakes the engineer on call where dead letters did not heal within the hour. It counts messages, in flight or not: each is hidden
 * between its tries, and the age of the oldest message leaves out those that were received more than a few times.
 */
export class DeadLetterAlarm extends Construct {
  readonly alarm: cloudwatch.Alarm;

  constructor(scope: Construct, id: string, { deadLetters, of }: DeadLetterAlarmProps) {
    super(scope, id);
    const options = { period: PERIOD, statistic: 'Maximum' };
    this.alarm = new cloudwatch.Alarm(this, 'Alarm', {
      alarmDescription: `Events of ${of} fail for an hour, try after try: videos wait for them. Runbook: "Dead letters do not go".`,
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

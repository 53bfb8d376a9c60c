import { Duration } from 'aws-cdk-lib';
import * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { ApplicationScalingAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** How long nothing must be waiting or in work before the workers go. */
const IDLE_MINUTES = 10;

export interface WorkerScalingProps {
  readonly service: ecs.FargateService;
  readonly queue: sqs.IQueue;
  readonly maxTasks: number;
}

/**
 * Workers while there is work, none otherwise.
 *
 * ecs_patterns.QueueProcessingFargateService does not serve here: it scales in when no message is *waiting*, which
 * is the case while the last ones are in work, and would stop a task in the middle of an extraction. This scales in
 * only when no message is waiting or in work.
 */
export class WorkerScaling extends Construct {
  constructor(scope: Construct, id: string, { service, queue, maxTasks }: WorkerScalingProps) {
    super(scope, id);
    const period = Duration.minutes(1);
    const waiting = queue.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' });
    const inWork = queue.metricApproximateNumberOfMessagesNotVisible({ period, statistic: 'Maximum' });
    const tasks = service.autoScaleTaskCount({ minCapacity: 0, maxCapacity: maxTasks });

    tasks.scaleOnMetric('Waiting', {
      metric: waiting,
      adjustmentType: appscaling.AdjustmentType.CHANGE_IN_CAPACITY,
      // A new task takes about a minute to start: longer than that before the next is added.
      cooldown: Duration.minutes(2),
      scalingSteps: [
        { lower: 1, change: 1 },
        { lower: 10, change: Math.ceil(maxTasks / 2) },
      ],
    });

    const toZero = new appscaling.StepScalingAction(this, 'ToZero', {
      scalingTarget: tasks,
      adjustmentType: appscaling.AdjustmentType.EXACT_CAPACITY,
    });
    toZero.addAdjustment({ upperBound: 0, adjustment: 0 });
    new cloudwatch.Alarm(this, 'Idle', {
      alarmDescription: 'Scales the workers to zero: nothing is waiting or in work.',
      metric: new cloudwatch.MathExpression({
        expression: 'waiting + inWork',
        usingMetrics: { waiting, inWork },
        period,
        label: 'waiting or in work',
      }),
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: 0,
      evaluationPeriods: IDLE_MINUTES,
      // SQS stops reporting queues that nobody used for hours.
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    }).addAlarmAction(new ApplicationScalingAction(toZero));
  }
}

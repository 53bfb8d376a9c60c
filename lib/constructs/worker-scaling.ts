import { Duration } from 'aws-cdk-lib';
import * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { ApplicationScalingAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

const PERIOD = Duration.minutes(1);
/** Minutes with fewer messages than workers before one worker is removed. */
const SURPLUS_MINUTES = 5;
/** Wait before the next task is added: longer than the minute that a new task needs to start. */
const SCALE_OUT_COOLDOWN = Duration.minutes(2);
const SCALE_IN_COOLDOWN = Duration.minutes(3);

export interface WorkerScalingProps {
  readonly service: ecs.FargateService;
  readonly queue: sqs.IQueue;
  readonly maxTasks: number;
}

/**
 * Workers while there is work, none otherwise (docs/adr/0025).
 *
 * A worker is added while messages wait. A worker is removed while there are more workers than messages (waiting or in
 * work). A busy worker protects its task, so ECS only ends idle tasks. The relay keeps the queue's metrics up to date
 * while nothing else uses the queue.
 *
 * ecs_patterns.QueueProcessingFargateService is not suitable: it scales in when no message is *waiting*, even while the
 * last messages are in work.
 */
export class WorkerScaling extends Construct {
  constructor(scope: Construct, id: string, { service, queue, maxTasks }: WorkerScalingProps) {
    super(scope, id);
    const waiting = queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: 'Maximum' });
    const inWork = queue.metricApproximateNumberOfMessagesNotVisible({
      period: PERIOD,
      statistic: 'Maximum',
    });
    const tasks = service.autoScaleTaskCount({ minCapacity: 0, maxCapacity: maxTasks });

    tasks.scaleOnMetric('Waiting', {
      metric: waiting,
      adjustmentType: appscaling.AdjustmentType.CHANGE_IN_CAPACITY,
      cooldown: SCALE_OUT_COOLDOWN,
      scalingSteps: [
        { lower: 1, change: 1 },
        { lower: 10, change: Math.ceil(maxTasks / 2) },
      ],
    });

    const oneLess = new appscaling.StepScalingAction(this, 'OneLess', {
      scalingTarget: tasks,
      adjustmentType: appscaling.AdjustmentType.CHANGE_IN_CAPACITY,
      cooldown: SCALE_IN_COOLDOWN,
    });
    // Bounds count from the alarm's threshold.
    oneLess.addAdjustment({ lowerBound: 0, adjustment: -1 });
    new cloudwatch.Alarm(this, 'Surplus', {
      alarmDescription: 'Removes a worker, because there are more workers than messages waiting or in work.',
      metric: new cloudwatch.MathExpression({
        expression: 'running - FILL(waiting, 0) - FILL(inWork, 0)',
        usingMetrics: { running: runningTasks(service), waiting, inWork },
        period: PERIOD,
        label: 'workers without a message',
      }),
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 0,
      evaluationPeriods: SURPLUS_MINUTES,
      // Without running tasks, there are no data.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new ApplicationScalingAction(oneLess));
  }
}

/** Each running task reports its CPU use once a minute ("Service RUNNING task count", ECS Developer Guide). */
const runningTasks = (service: ecs.FargateService): cloudwatch.Metric =>
  service.metricCpuUtilization({ period: PERIOD, statistic: 'SampleCount' });

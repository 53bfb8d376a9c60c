import type { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import { NodeFunction, type NodeFunctionProps } from './node-function.ts';

export interface ScheduledFunctionProps extends NodeFunctionProps {
  /** Interval between two runs. */
  readonly every: Duration;
}

/** A function that runs on a schedule. */
export class ScheduledFunction extends NodeFunction {
  constructor(scope: Construct, id: string, props: ScheduledFunctionProps) {
    super(scope, id, props);
    new events.Rule(this, 'Schedule', {
      schedule: events.Schedule.rate(props.every),
      targets: [new LambdaFunction(this)],
    });
  }
}

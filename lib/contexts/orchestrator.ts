import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  ENV_LAMBDA_MAX_PICTURE_PIXELS,
  ENV_LAMBDA_MAX_SOURCE_BYTES,
  ENV_LAMBDA_MAX_TOTAL_PIXELS,
  ENV_SAGA_BACKOFF_SECONDS,
  ENV_SAGA_LAMBDA_SECONDS,
  ENV_SAGA_PUBLISHING_SECONDS,
  ENV_SAGA_WAITING_SECONDS,
  ENV_SAGA_WORKER_SECONDS,
} from '../../functions/contracts/env.ts';
import type { StageConfig } from '../config/stage.ts';
import type { DeadLetteredQueue } from '../constructs/dead-lettered-queue.ts';
import { NodeFunction, placeFunctions, SIZES } from '../constructs/node-function.ts';
import { ScheduledFunction } from '../constructs/scheduled-function.ts';
import type { ContextProps } from './context.ts';
import { quickInbox, quickSize } from './inbox.ts';

/** Decides the next step of each video and records why. */
export class OrchestratorContext extends Construct {
  readonly inboxes: { readonly orchestrator: DeadLetteredQueue };
  readonly functions: readonly NodeFunction[];

  constructor(scope: Construct, id: string, { platform }: ContextProps) {
    super(scope, id);
    const { config, redis, sagas } = platform;
    const common = { config, placement: placeFunctions(this, platform.network) };

    const inbox = new NodeFunction(this, 'InboxHandler', {
      ...common,
      ...quickSize(config),
      entry: 'orchestrator/inbox.lambda.ts',
      description: 'Orchestrator: decides the next step of a saga',
    });
    const sweep = new ScheduledFunction(this, 'Sweep', {
      ...common,
      ...SIZES.sweep,
      entry: 'orchestrator/sweep.lambda.ts',
      description: 'Orchestrator: republishes unacknowledged events, acts on deadlines',
      every: Duration.minutes(1),
    });
    this.functions = [inbox, sweep];
    for (const fn of this.functions) {
      redis.grantConnect(fn);
      for (const [name, value] of Object.entries(policyEnvironment(config)))
        fn.addEnvironment(name, String(value));
    }
    sagas.grantDecide(inbox);
    sagas.grantSweep(sweep);

    this.inboxes = { orchestrator: quickInbox(this, config, inbox) };
  }
}

/** The settings for the saga's decisions. */
const policyEnvironment = ({ lambdaLimits, timing }: StageConfig): Record<string, number> => ({
  [ENV_LAMBDA_MAX_SOURCE_BYTES]: lambdaLimits.sourceBytes,
  [ENV_LAMBDA_MAX_PICTURE_PIXELS]: lambdaLimits.picturePixels,
  [ENV_LAMBDA_MAX_TOTAL_PIXELS]: lambdaLimits.totalPixels,
  [ENV_SAGA_WAITING_SECONDS]: timing.sagaWaitingSeconds,
  [ENV_SAGA_LAMBDA_SECONDS]: timing.sagaLambdaSeconds,
  [ENV_SAGA_WORKER_SECONDS]: timing.sagaWorkerSeconds,
  [ENV_SAGA_PUBLISHING_SECONDS]: timing.sagaPublishingSeconds,
  [ENV_SAGA_BACKOFF_SECONDS]: timing.sagaBackoffSeconds,
});

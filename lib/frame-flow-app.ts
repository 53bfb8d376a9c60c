import { type App, Tags } from 'aws-cdk-lib';
import type { StageConfig } from './config/stage.ts';
import { AppStack } from './stacks/app-stack.ts';
import { DataStack } from './stacks/data-stack.ts';
import { NetworkStack } from './stacks/network-stack.ts';

/** The stacks of a stage. They have no account and region, so that they can be synthesized anywhere. */
export interface FrameFlowStacks {
  /** Undefined in stage local. */
  readonly network: NetworkStack | undefined;
  readonly data: DataStack;
  readonly app: AppStack;
}

/** Builds the stacks of a stage: `FrameFlow-<stage>-Network`, `-Data` and `-App`. */
export const buildStacks = (app: App, config: StageConfig): FrameFlowStacks => {
  const prefix = `FrameFlow-${config.stage}`;
  const terminationProtection = config.retainData;
  const networkStack = config.local
    ? undefined
    : new NetworkStack(app, `${prefix}-Network`, { config, terminationProtection });
  const network = networkStack?.network;
  const data = new DataStack(app, `${prefix}-Data`, { config, network, terminationProtection });
  const { database, redis, storage, sagas, authKey } = data;
  const appStack = new AppStack(app, `${prefix}-App`, {
    platform: { config, network, database, redis, storage, sagas, authKey },
    // This stack is deleted first. Without protection, an accidental destroy would end the service before it is
    // refused.
    terminationProtection,
  });
  Tags.of(app).add('application', 'frame-flow');
  Tags.of(app).add('stage', config.stage);
  return { network: networkStack, data, app: appStack };
};

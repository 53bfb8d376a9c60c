import { App } from 'aws-cdk-lib';
import { loadStageConfig, StageConfigError } from '../lib/config/load-stage-config.ts';
import { buildStacks } from '../lib/frame-flow-app.ts';

const app = new App({ analyticsReporting: false });
const context = (key: string): unknown => app.node.tryGetContext(key);

try {
  const config = loadStageConfig({
    stage: context('stage'),
    allowedOrigins: context('allowedOrigins'),
    local: context('local'),
    zones: context('zones'),
    region: process.env.CDK_DEFAULT_REGION,
  });
  buildStacks(app, config);
  app.synth();
} catch (error) {
  if (!(error instanceof StageConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

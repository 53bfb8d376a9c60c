import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import type { ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Trigger } from 'aws-cdk-lib/triggers';
import { Construct } from 'constructs';
import type { StageConfig } from '../config/stage.ts';
import { codeFingerprint } from '../constructs/code-fingerprint.ts';
import { EXTRACTOR_FILES, engineEnvironment } from '../constructs/extraction-runtime.ts';
import { NodeFunction, type Placement, placeFunctions } from '../constructs/node-function.ts';
import type { ContextProps } from './context.ts';

export interface SelfTestProps extends ContextProps {
  /** FFmpeg and libav; empty if the machine has them. */
  readonly ffmpegLayers: ILayerVersion[];
  /** The migrations, because they create the roles for the self-test's logins. */
  readonly after: Construct;
  /** The constructs that must not change if the self-test fails. */
  readonly before: readonly Construct[];
}

/** Longer than the longest check and the function's start together. */
const TIMEOUT = Duration.seconds(60);

/** One kind of machine for functions. */
interface Machine {
  /** Part of construct ids, so it does not depend on whether there is an FFmpeg. */
  readonly name: 'Functions' | 'Extraction';
  readonly architecture: 'arm64' | 'x86_64';
  readonly hasFfmpeg: boolean;
}

/**
 * Tests a deployment before its functions change, on each architecture of the functions, with FFmpeg if they have it. A
 * failed check stops the deployment. The test runs in each deployment that changes the code of any function, the layer
 * or its own environment (docs/adr/0024).
 */
export class SelfTest extends Construct {
  constructor(scope: Construct, id: string, props: SelfTestProps) {
    super(scope, id);
    const { platform, after, before } = props;
    const placement = placeFunctions(this, platform.network);
    const handlers = machinesOf(platform.config).map((machine) => {
      const { name } = machine;
      const handler = this.#createFunction(machine, placement, props);
      new CfnOutput(this, `${name}FunctionName`, {
        description: `The function that tests a deployment on ${machine.architecture}`,
        value: handler.functionName,
      }).overrideLogicalId(`SelfTestFunctionName${name}`);
      return { name, handler };
    });
    const fingerprint = codeFingerprint(Stack.of(this));
    for (const { name, handler } of handlers) {
      new Trigger(this, `${name}Trigger${fingerprint}`, {
        handler,
        timeout: TIMEOUT,
        // The security group contains the rules for the function's connections.
        executeAfter: [after, ...(placement ? [placement.securityGroup] : [])],
        executeBefore: [...before],
      });
    }
  }

  #createFunction(
    { name, architecture, hasFfmpeg }: Machine,
    placement: Placement | undefined,
    { platform, ffmpegLayers }: SelfTestProps,
  ): NodeFunction {
    const { config, database, redis, storage } = platform;
    const handler = new NodeFunction(this, name, {
      config,
      placement,
      architecture,
      entry: 'self-test/self-test.lambda.ts',
      description: `Tests a deployment on ${architecture}${hasFfmpeg ? ', with FFmpeg' : ''}`,
      timeout: TIMEOUT,
      // More memory gives more CPU: all checks run concurrently, and each has a time limit.
      memoryMegabytes: 1769,
      ...(hasFfmpeg && { layers: ffmpegLayers, files: EXTRACTOR_FILES }),
    });
    const environment = hasFfmpeg ? engineEnvironment(config) : {};
    for (const [key, value] of Object.entries(environment)) handler.addEnvironment(key, value);
    database.grantEachLogin(handler);
    redis.grantConnect(handler);
    storage.grantProbe(handler);
    return handler;
  }
}

/** One machine per architecture. In stage local, FFmpeg exists only if its path is set. */
const machinesOf = ({ functionArchitecture, ffmpegArchitecture, local }: StageConfig): Machine[] => {
  const extraction: Machine = {
    name: 'Extraction',
    architecture: ffmpegArchitecture,
    hasFfmpeg: !local || local.ffmpegPath !== undefined,
  };
  const functions: Machine = { name: 'Functions', architecture: functionArchitecture, hasFfmpeg: false };
  return functionArchitecture === ffmpegArchitecture ? [extraction] : [functions, extraction];
};

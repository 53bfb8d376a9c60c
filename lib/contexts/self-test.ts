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
  /** FFmpeg and libav; none where they lie on the machine. */
  readonly ffmpegLayers: ILayerVersion[];
  /** The migrations: they make the roles that the self-test logs in as. */
  readonly after: Construct;
  /** What must not change in a deployment that does not work. */
  readonly before: readonly Construct[];
}

/** Longer than the longest check, with the start of the function. */
const TIMEOUT = Duration.seconds(60);

/** One kind of machine that our functions run on. */
interface Machine {
  /** Part of construct ids, so the same whether or not there is an FFmpeg. */
  readonly name: 'Functions' | 'Extraction';
  readonly architecture: 'arm64' | 'x86_64';
  readonly hasFfmpeg: boolean;
}

/**
 * Tests a deployment before its functions change: on each architecture that they run on, and with FFmpeg where they have
 * it. A check that fails stops the deployment. It runs in each deployment that changes the code of any function, the layer
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
        // The security group holds the rules that let the function in.
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
      // Memory brings CPU: all checks run at once, and each has a time limit.
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

/** One machine of each architecture; in stage local FFmpeg is there only where its path is set. */
const machinesOf = ({ functionArchitecture, ffmpegArchitecture, local }: StageConfig): Machine[] => {
  const extraction: Machine = {
    name: 'Extraction',
    architecture: ffmpegArchitecture,
    hasFfmpeg: !local || local.ffmpegPath !== undefined,
  };
  const functions: Machine = { name: 'Functions', architecture: functionArchitecture, hasFfmpeg: false };
  return functionArchitecture === ffmpegArchitecture ? [extraction] : [functions, extraction];
};

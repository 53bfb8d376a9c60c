import { Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Stage } from '../../lib/config/stage.ts';
import { codeFingerprint } from '../../lib/constructs/code-fingerprint.ts';
import { parseTemplate, synthesizeStage } from './synthesize.ts';

const FunctionProperties = z.looseObject({
  Architectures: z.array(z.string()),
  Layers: z.array(z.unknown()).default([]),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
});
const Dependencies = z.array(z.string()).default([]);

const applicationOf = (stage: Stage, context: Record<string, unknown> = {}) => {
  const { Resources, Outputs } = parseTemplate(synthesizeStage(stage, context).app);
  const entries = Object.entries(Resources);
  const idsOf = (pattern: RegExp, type: string) =>
    entries.flatMap(([id, { Type }]) => (Type === type && pattern.test(id) ? [id] : []));
  const dependenciesOf = (id: string) => Dependencies.parse(Resources[id]?.DependsOn);
  const functionOf = (id: string | undefined) => FunctionProperties.parse(Resources[id ?? '']?.Properties);
  return { Outputs, entries, idsOf, dependenciesOf, functionOf };
};

describe.each(['dev', 'prod'] as const)('The self-test of stage %s', (stage) => {
  const { Outputs, entries, idsOf, dependenciesOf, functionOf } = applicationOf(stage);
  const triggers = idsOf(/^SelfTest(Functions|Extraction)Trigger/, 'Custom::Trigger');

  test('runs on both architectures, and only on x86_64 with FFmpeg’s layer', () => {
    const [plain, ...others] = idsOf(/^SelfTestFunctions/, 'AWS::Lambda::Function').map(functionOf);
    const [withFfmpeg] = idsOf(/^SelfTestExtraction/, 'AWS::Lambda::Function').map(functionOf);
    expect(others).toEqual([]);
    expect(plain).toMatchObject({ Architectures: ['arm64'], Layers: [] });
    expect(plain?.Environment.Variables).not.toHaveProperty('FFMPEG_PATH');
    expect(withFfmpeg?.Architectures).toEqual(['x86_64']);
    expect(withFfmpeg?.Layers).toEqual(
      functionOf(idsOf(/^ProcessInboxHandler/, 'AWS::Lambda::Function')[0]).Layers,
    );
    expect(withFfmpeg?.Environment.Variables).toMatchObject({
      FFMPEG_PATH: '/opt/bin/ffmpeg',
      EXTRACTION_ENGINES: 'libav,ffmpeg-cli',
    });
  });

  test('runs after the migrations and before any function of a context changes', () => {
    expect(triggers).toHaveLength(2);
    const [migrations] = idsOf(/^MigrationsTrigger/, 'Custom::Trigger');
    for (const trigger of triggers) expect(dependenciesOf(trigger)).toContain(migrations);
    const changing = entries.flatMap(([id, { Type }]) =>
      (Type === 'AWS::Lambda::Function' && /^(Auth|Upload|Process|Download|Orchestrator|Health)/.test(id)) ||
      Type === 'AWS::ECS::Service'
        ? [id]
        : [],
    );
    expect(changing).toHaveLength(18);
    for (const id of changing) expect(dependenciesOf(id), id).toEqual(expect.arrayContaining(triggers));
  });

  test('runs again when its own configuration changes', () => {
    for (const [id, { Properties }] of entries.filter(([id]) => triggers.includes(id)))
      expect(Properties, id).toMatchObject({ ExecuteOnHandlerChange: true });
  });

  test('has a new trigger for new code, which a rollback deletes instead of running', () => {
    for (const id of triggers) expect(id).toMatch(/Trigger[0-9a-f]{12}[0-9A-F]{8}$/);
  });

  test('outputs the names of its functions', () => {
    expect(Object.keys(Outputs).filter((name) => name.startsWith('SelfTestFunctionName'))).toEqual([
      'SelfTestFunctionNameFunctions',
      'SelfTestFunctionNameExtraction',
    ]);
  });
});

describe('The self-test of stage local', () => {
  const local = { ffmpegPath: '/usr/bin/ffmpeg', libavPath: '/libav' };
  test.each([
    ['with the engines if FFmpeg is configured', { local }, '/usr/bin/ffmpeg'],
    ['without the engines otherwise', {}, undefined],
  ])('runs once, %s', (_title, context, ffmpegPath) => {
    const { idsOf, functionOf } = applicationOf('local', context);
    const [id, ...others] = idsOf(/^SelfTest/, 'AWS::Lambda::Function');
    expect(others).toEqual([]);
    expect(functionOf(id).Environment.Variables.FFMPEG_PATH).toBe(ffmpegPath);
  });
});

/** A stack of one function and one layer. */
const codeStack = (source: string, layer: string, description = ''): Stack => {
  const stack = new Stack();
  new lambda.Function(stack, 'Function', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline(source),
    description,
  });
  new lambda.CfnLayerVersion(stack, 'Layer', { content: { s3Bucket: 'assets', s3Key: layer } });
  return stack;
};

describe('The fingerprint of the code', () => {
  const fingerprint = codeFingerprint(codeStack('one', 'layer.zip'));

  test.each([
    ['changes with the code of a function', codeStack('two', 'layer.zip'), false],
    ['changes with a layer', codeStack('one', 'other.zip'), false],
    ['is the same for the same code', codeStack('one', 'layer.zip', 'another description'), true],
  ])('%s', (_title, stack, isSame) => {
    expect(codeFingerprint(stack) === fingerprint).toBe(isSame);
  });
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { loadStageConfig } from '../../lib/config/load-stage-config.ts';
import type { Stage, StageConfig } from '../../lib/config/stage.ts';
import { buildStacks } from '../../lib/frame-flow-app.ts';
import { REPOSITORY_ROOT } from '../../lib/paths.ts';
import { readAssembly, type StackTemplate } from '../../local/template/assembly.ts';

/** A resource of a template: the fields that all types share. */
export const Resource = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Metadata: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
});
export type Resource = z.infer<typeof Resource>;

const TemplateJson = z.looseObject({
  Resources: z.record(z.string(), Resource),
  Outputs: z
    .record(
      z.string(),
      z.looseObject({ Value: z.unknown(), Export: z.object({ Name: z.unknown() }).optional() }),
    )
    .default({}),
});
export type TemplateJson = z.infer<typeof TemplateJson>;

const CdkJson = z.object({ context: z.record(z.string(), z.unknown()) });

/** An app with the feature flags of cdk.json. It does not bundle its functions, which does not change the templates. */
export const createApp = (more: Record<string, unknown> = {}): App => {
  const directory = mkdtempSync(join(tmpdir(), 'frame-flow-synth-'));
  const { context } = CdkJson.parse(JSON.parse(readFileSync(join(REPOSITORY_ROOT, 'cdk.json'), 'utf8')));
  return new App({
    outdir: directory,
    analyticsReporting: false,
    context: { ...context, 'aws:cdk:bundling-stacks': [], 'aws:cdk:disable-asset-staging': true, ...more },
  });
};

const templateOf = (stack: Stack): Template => Template.fromStack(stack);

export const parseTemplate = (template: Template): TemplateJson => TemplateJson.parse(template.toJSON());

/** The templates of a stage, by the last part of the stack name. */
export interface StageTemplates {
  readonly network: Template | undefined;
  readonly data: Template;
  readonly app: Template;
}

/** @param changes replaces settings of the stage */
export const synthesizeStage = (
  stage: Stage,
  context: Record<string, unknown> = {},
  changes: Partial<StageConfig> = {},
): StageTemplates => {
  const cdk = createApp();
  return readAndRemove(cdk, () => {
    const { network, data, app } = buildStacks(cdk, { ...configOf(stage, context), ...changes });
    return { network: network && templateOf(network), data: templateOf(data), app: templateOf(app) };
  });
};

/** A stage's stacks with the paths of their constructs, as a deployment reads them. */
export const synthesizeAssembly = (stage: Stage): StackTemplate[] => {
  const cdk = createApp({ 'aws:cdk:enable-path-metadata': true });
  return readAndRemove(cdk, () => {
    buildStacks(cdk, configOf(stage));
    return readAssembly(cdk.synth().directory);
  });
};

/** A stage's stacks by name, with whole templates and the paths of their constructs. */
export const synthesizeStacks = (stage: Stage): { name: string; template: TemplateJson }[] => {
  const cdk = createApp({ 'aws:cdk:enable-path-metadata': true });
  return readAndRemove(cdk, () => {
    const { network, data, app } = buildStacks(cdk, configOf(stage));
    return [network, data, app]
      .filter((stack) => stack !== undefined)
      .map((stack) => ({ name: stack.stackName, template: parseTemplate(templateOf(stack)) }));
  });
};

export const configOf = (stage: Stage, context: Record<string, unknown> = {}): StageConfig =>
  loadStageConfig({ stage, allowedOrigins: undefined, local: undefined, ...context });

/** Removes the assembly once its templates are in memory. */
const readAndRemove = <T>(cdk: App, read: () => T): T => {
  try {
    return read();
  } finally {
    rmSync(cdk.outdir, { recursive: true, force: true });
  }
};

/** All resources of a stage, from all of its stacks. */
export const resourcesOf = ({ network, data, app }: StageTemplates): Resource[] =>
  [network, data, app]
    .filter((template) => template !== undefined)
    .flatMap((template) => Object.values(parseTemplate(template).Resources));

export const ofType = (resources: readonly Resource[], type: string): Resource[] =>
  resources.filter((resource) => resource.Type === type);

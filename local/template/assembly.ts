import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { DevStackError } from '../errors.ts';

const Properties = z.record(z.string(), z.unknown());

export const TemplateResource = z.object({
  Type: z.string(),
  Properties: Properties.default({}),
  Condition: z.string().optional(),
  DependsOn: z.union([z.string().transform((id) => [id]), z.array(z.string())]).default([]),
  Metadata: Properties.default({}),
});
export type TemplateResource = z.infer<typeof TemplateResource>;

const Template = z.object({
  Resources: z.record(z.string(), TemplateResource).default({}),
  Parameters: z
    .record(z.string(), z.object({ Type: z.string(), Default: z.unknown() }).partial())
    .default({}),
  Conditions: Properties.default({}),
  Mappings: z.record(z.string(), z.record(z.string(), Properties)).default({}),
  Outputs: z
    .record(
      z.string(),
      z.object({
        Value: z.unknown(),
        Condition: z.string().optional(),
        Export: z.object({ Name: z.unknown() }).optional(),
      }),
    )
    .default({}),
});
export type Template = z.infer<typeof Template>;

const Manifest = z.object({
  artifacts: z
    .record(
      z.string(),
      z.object({
        type: z.string(),
        dependencies: z.array(z.string()).default([]),
        properties: z
          .object({
            templateFile: z.string(),
            stackName: z.string(),
            file: z.string(),
            directoryName: z.string(),
          })
          .partial()
          .default({}),
      }),
    )
    .default({}),
});

const AssetManifest = z.object({
  files: z
    .record(
      z.string(),
      z.object({
        source: z.object({ path: z.string().optional() }),
        destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
      }),
    )
    .default({}),
});

/** One synthesized stack. */
export interface StackTemplate {
  readonly name: string;
  readonly template: Template;
  /** Path of an asset's content, by its key in the asset bucket. */
  readonly assets: ReadonlyMap<string, string>;
}

/**
 * Reads the stacks of a cloud assembly and of its nested assemblies. A stack comes after the stacks that it depends on.
 * @throws DevStackError TEMPLATE_UNSUPPORTED
 */
export const readAssembly = (directory: string): StackTemplate[] => {
  const { artifacts } = readJson(join(directory, 'manifest.json'), Manifest);
  const stacks: StackTemplate[] = [];
  const visited = new Set<string>();
  const visit = (id: string): void => {
    const artifact = artifacts[id];
    if (artifact === undefined || visited.has(id)) return;
    visited.add(id);
    for (const dependency of artifact.dependencies) visit(dependency);
    const { templateFile, stackName, directoryName } = artifact.properties;
    if (artifact.type === 'cdk:cloud-assembly' && directoryName !== undefined) {
      stacks.push(...readAssembly(join(directory, directoryName)));
    }
    if (artifact.type !== 'aws:cloudformation:stack' || templateFile === undefined) return;
    const assetFiles = artifact.dependencies
      .map((dependency) => artifacts[dependency])
      .filter((dependency) => dependency?.type === 'cdk:asset-manifest')
      .flatMap((dependency) => dependency?.properties.file ?? []);
    stacks.push({
      name: stackName ?? id,
      template: readJson(join(directory, templateFile), Template),
      assets: new Map(assetFiles.flatMap((file) => readAssets(directory, file))),
    });
  };
  for (const id of Object.keys(artifacts)) visit(id);
  return stacks;
};

const readJson = <Schema extends z.ZodType>(file: string, schema: Schema): z.infer<Schema> => {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new DevStackError('TEMPLATE_UNSUPPORTED', `${file} is not a valid file of a cloud assembly`, {
      cause: error,
    });
  }
};

const readAssets = (directory: string, file: string): [key: string, path: string][] =>
  Object.values(readJson(join(directory, file), AssetManifest).files).flatMap(({ source, destinations }) => {
    const { path } = source;
    if (path === undefined) return [];
    return Object.values(destinations).map(({ objectKey }): [string, string] => [
      objectKey,
      join(directory, path),
    ]);
  });

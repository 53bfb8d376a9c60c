import * as z from 'zod';
import { DevStackError, messageOf } from '../errors.ts';
import { generateSecretString, type LocalSecrets, SecretSpec } from '../state/secrets.ts';
import type { StackTemplate } from './assembly.ts';
import { type AttributeEnvironment, REF } from './attributes.ts';
import type { ContainerModel, StackModel } from './model.ts';
import { parseProperties, Text, titleOf } from './parse.ts';
import { readApi } from './read-api.ts';
import { readRules } from './read-events.ts';
import { readEventSources, readFunctions, readTriggers } from './read-functions.ts';
import { readBuckets, readQueues, readTables } from './read-storage.ts';
import { TemplateResolver } from './resolver.ts';

/** Outputs whose id or export name starts with this prefix describe a container. */
const CONTAINER_PREFIX = 'Container';

const Container = z.object({
  name: z.string().regex(/^[a-z0-9-]+$/),
  directory: z.string().min(1),
  command: z.array(z.string()).min(1),
  environment: z.record(z.string(), Text),
  // ECS's default.
  stopTimeoutSeconds: z.number().positive().default(30),
});

const Secret = z.object({ SecretString: z.string().optional(), GenerateSecretString: SecretSpec.optional() });

/**
 * Reads the model that the dev stack runs from all stacks.
 * @throws DevStackError TEMPLATE_UNSUPPORTED, naming the unsupported resource
 */
export const readModel = (
  stacks: readonly StackTemplate[],
  environment: AttributeEnvironment,
  secrets: LocalSecrets,
): StackModel => {
  const resolver: TemplateResolver = new TemplateResolver(stacks, {
    ...environment,
    secretText: secretReader(secrets, () => resolver),
  });
  const eventSources = readEventSources(resolver);
  const rules = readRules(resolver);
  const triggers = readTriggers(resolver);
  const api = readApi(resolver);
  const called = new Set([
    ...eventSources.map(({ functionArn }) => functionArn),
    ...rules.flatMap(({ targets }) => targets.map(({ arn }) => arn)),
    ...triggers.map(({ functionArn }) => functionArn),
    ...(api?.routes ?? []).flatMap(({ functionArn, authorizer }) =>
      authorizer === undefined ? [functionArn] : [functionArn, authorizer.functionArn],
    ),
  ]);
  return {
    buckets: readBuckets(resolver),
    queues: readQueues(resolver),
    tables: readTables(resolver),
    functions: readFunctions(resolver, called),
    eventSources,
    rules,
    triggers,
    api,
    ...readOutputs(resolver),
  };
};

/** Reads the texts of the app's secrets: from the template, or generated once and stored. */
const secretReader = (secrets: LocalSecrets, resolver: () => TemplateResolver) => (reference: string) => {
  const located = resolver()
    .resourcesOf('AWS::SecretsManager::Secret')
    .find((candidate) => {
      const arn = resolver().attribute(candidate, REF, titleOf(candidate));
      return reference === arn || arn.endsWith(`:secret:${reference}`);
    });
  if (located === undefined) return undefined;
  const { SecretString, GenerateSecretString } = parseProperties(resolver(), located, Secret);
  if (SecretString !== undefined) return SecretString;
  const spec = GenerateSecretString ?? SecretSpec.parse({});
  return secrets.get(`${located.stack.name}/${located.logicalId}`, () => generateSecretString(spec));
};

const readOutputs = (resolver: TemplateResolver): Pick<StackModel, 'containers' | 'outputs'> => {
  const containers: ContainerModel[] = [];
  const outputs: Record<string, string> = {};
  for (const stack of resolver.stacks) {
    for (const [id, output] of Object.entries(stack.template.Outputs)) {
      const title = `${stack.name}, output ${id}`;
      const exportName = output.Export?.Name;
      if (id.startsWith(CONTAINER_PREFIX) || String(exportName).startsWith(CONTAINER_PREFIX)) {
        containers.push(readContainer(title, resolver.resolve(stack, output.Value, title)));
      } else if (exportName === undefined) {
        // Other outputs are for people. An output is omitted if it refers to a resource that the dev stack does not
        // run.
        try {
          outputs[id] = String(resolver.resolve(stack, output.Value, title));
        } catch (error) {
          if (!(error instanceof DevStackError)) throw error;
        }
      }
    }
  }
  return { containers, outputs };
};

const readContainer = (title: string, value: unknown): ContainerModel => {
  try {
    return Container.parse(JSON.parse(String(value)));
  } catch (error) {
    throw new DevStackError(
      'TEMPLATE_UNSUPPORTED',
      `${title} does not describe a container: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
};

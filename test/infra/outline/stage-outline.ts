import * as z from 'zod';
import { type NamedStack, Symbols } from '../symbols.ts';
import type { Resource, TemplateJson } from '../synthesize.ts';
import { formatOf, isOmitted, isShown } from './shapes.ts';
import { relativeTo, textOf, withoutGenerated } from './text.ts';

export interface OutlinedStack extends NamedStack {
  readonly template: TemplateJson;
}

/** Facts about a resource: the name of a property and its value as text. */
export type Facts = ReadonlyMap<string, string>;

/** A resource by the path of its construct. */
export interface Described {
  readonly path: string;
  readonly facts: Facts;
}

/** The outline of a stage for a reviewer. */
export interface StageOutline {
  readonly stacks: readonly {
    readonly name: string;
    readonly byType: ReadonlyMap<string, readonly Described[]>;
    readonly outputs: readonly string[];
  }[];
  /** The variables of every function and container. */
  readonly environment: readonly Described[];
}

/** Everything in a stage's templates that shapes.ts does not leave out. */
export const outlineOf = (stacks: readonly OutlinedStack[]): StageOutline => {
  const symbols = new Symbols(stacks);
  return {
    stacks: stacks.map((stack) => ({
      name: stack.name.slice(stack.name.lastIndexOf('-') + 1),
      byType: resourcesByType(symbols, stack),
      // An export appears in the stack that imports it.
      outputs: Object.entries(stack.template.Outputs)
        .flatMap(([name, { Export }]) => (Export ? [] : [name]))
        .toSorted(),
    })),
    environment: stacks.flatMap((stack) => environmentsOf(symbols, stack)),
  };
};

const resourcesByType = (symbols: Symbols, stack: OutlinedStack): Map<string, Described[]> => {
  const byType = new Map<string, Described[]>();
  for (const [id, resource] of Object.entries(stack.template.Resources)) {
    const path = symbols.pathOf(stack, id);
    if (!isShown(resource.Type, path)) continue;
    const type = resource.Type.replace('AWS::', '');
    const described = describeResource(resource, path, (value) => symbols.render(stack, value));
    byType.set(type, [...(byType.get(type) ?? []), described]);
  }
  return new Map([...byType].toSorted(byName));
};

const describeResource = (
  resource: Resource,
  path: string,
  render: (value: unknown) => unknown,
): Described => {
  const facts = Object.entries(resource.Properties)
    .filter(([name]) => !isOmitted(resource.Type, name))
    .map(([name, value]): [string, string] => {
      const text = (formatOf(resource.Type, name) ?? textOf)(render(value));
      return [name, withoutGenerated(relativeTo(path, text))];
    });
  return {
    path: withoutGenerated(path),
    facts: new Map([...facts.toSorted(byName), ...removalFacts(resource)]),
  };
};

/** The policies for the deletion and the replacement of the resource, if the template has them. */
const removalFacts = ({ DeletionPolicy: removal, UpdateReplacePolicy: replacement }: Resource): Facts =>
  new Map([
    ...(removal === undefined ? [] : [['DeletionPolicy', removal] as const]),
    ...(replacement === removal ? [] : [['UpdateReplacePolicy', replacement ?? '-'] as const]),
  ]);

const Environment = z.object({ Variables: z.record(z.string(), z.unknown()) });
const Containers = z.array(
  z.object({ Environment: z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]) }),
);

const environmentsOf = (symbols: Symbols, stack: OutlinedStack): Described[] =>
  Object.entries(stack.template.Resources).flatMap(([id, resource]) => {
    const variables = variablesOf(resource);
    const facts = variables.map(([name, value]): [string, string] => [
      name,
      withoutGenerated(textOf(symbols.render(stack, value))),
    ]);
    return facts.length > 0
      ? [{ path: symbols.pathOf(stack, id), facts: new Map(facts.toSorted(byName)) }]
      : [];
  });

const variablesOf = ({ Type, Properties }: Resource): [string, unknown][] => {
  if (Type === 'AWS::Lambda::Function')
    return Object.entries(Environment.optional().parse(Properties.Environment)?.Variables ?? {});
  if (Type !== 'AWS::ECS::TaskDefinition') return [];
  return Containers.parse(Properties.ContainerDefinitions).flatMap((container) =>
    container.Environment.map(({ Name, Value }): [string, unknown] => [Name, Value]),
  );
};

const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1;

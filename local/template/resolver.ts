import { DevStackError } from '../errors.ts';
import type { StackTemplate, TemplateResource } from './assembly.ts';
import { type AttributeEnvironment, attributesOf, type NamedResource, REF } from './attributes.ts';
import { DYNAMIC_REFERENCE, secretField } from './dynamic-references.ts';
import { evaluateIntrinsic, isRecord } from './intrinsics.ts';
import { PSEUDO_PARAMETERS } from './pseudo-parameters.ts';

/** Represents `AWS::NoValue`: the property or element is removed. */
const NO_VALUE: unique symbol = Symbol('AWS::NoValue');

export interface ResolverEnvironment extends AttributeEnvironment {
  /** The whole text of the secret with this ARN or name; undefined if no stack contains it. */
  readonly secretText: (secret: string) => string | undefined;
}

const TYPE_OF_PARAMETER_LIST = /^(CommaDelimitedList|List<)/;

/** A resource and its stack. */
export interface LocatedResource {
  readonly stack: StackTemplate;
  readonly logicalId: string;
  readonly resource: TemplateResource;
}

/**
 * Resolves the intrinsic functions of all stacks of an assembly against local resources. Values are resolved only on
 * request, so resources that the dev stack does not run may contain unsupported functions.
 */
export class TemplateResolver {
  readonly stacks: readonly StackTemplate[];
  readonly #environment: ResolverEnvironment;
  readonly #exports = new Map<string, { stack: StackTemplate; value: unknown }>();

  constructor(stacks: readonly StackTemplate[], environment: ResolverEnvironment) {
    this.stacks = stacks;
    this.#environment = environment;
    for (const stack of stacks) {
      for (const output of Object.values(stack.template.Outputs)) {
        if (output.Export === undefined || !this.#holds(stack, output.Condition)) continue;
        const name = this.resolve(stack, output.Export.Name, `an export of ${stack.name}`);
        if (typeof name === 'string') this.#exports.set(name, { stack, value: output.Value });
      }
    }
  }

  /** The resources of these types in all stacks. Resources whose condition is false are omitted. */
  resourcesOf(...types: readonly string[]): LocatedResource[] {
    return this.stacks.flatMap((stack) =>
      Object.entries(stack.template.Resources)
        .filter(([, resource]) => types.includes(resource.Type) && this.#holds(stack, resource.Condition))
        .map(([logicalId, resource]) => ({ stack, logicalId, resource })),
    );
  }

  /** A resource's properties with resolved intrinsic functions. */
  properties({ stack, logicalId, resource }: LocatedResource): unknown {
    return this.resolve(stack, resource.Properties, `${stack.name}/${logicalId} (${resource.Type})`);
  }

  /**
   * An attribute of a resource: the value of `Fn::GetAtt`, or of `Ref` for the attribute `Ref`.
   * @throws DevStackError TEMPLATE_UNSUPPORTED
   */
  attribute(located: LocatedResource, attribute: string, neededBy: string): string {
    const { stack, logicalId, resource } = located;
    const own = (property: string): unknown => {
      const value = resource.Properties[property];
      return value === undefined ? undefined : this.resolve(stack, value, `${stack.name}/${logicalId}`);
    };
    const named: NamedResource = {
      stack: stack.name,
      logicalId,
      type: resource.Type,
      text: (property) => {
        const value = own(property);
        return typeof value === 'string' ? value : undefined;
      },
      flag: (property) => own(property) === true || own(property) === 'true',
    };
    const value = attributesOf(named, this.#environment)?.[attribute];
    if (value !== undefined) return value;
    throw new DevStackError(
      'TEMPLATE_UNSUPPORTED',
      `${neededBy} needs ${attribute} of ${stack.name}/${logicalId}, but the dev stack does not run ${resource.Type}`,
    );
  }

  /**
   * Replaces every intrinsic function and dynamic reference in the value.
   * @param neededBy names the location in errors
   * @throws DevStackError TEMPLATE_UNSUPPORTED
   */
  resolve(stack: StackTemplate, value: unknown, neededBy: string): unknown {
    const resolved = this.#resolve(stack, value, neededBy);
    return resolved === NO_VALUE ? undefined : resolved;
  }

  #resolve(stack: StackTemplate, value: unknown, neededBy: string): unknown {
    if (typeof value === 'string') return this.#expand(value, neededBy);
    if (Array.isArray(value)) {
      return value
        .map((element: unknown) => this.#resolve(stack, element, neededBy))
        .filter((element) => element !== NO_VALUE);
    }
    if (!isRecord(value)) return value;
    const entries = Object.entries(value);
    const [first] = entries;
    if (first !== undefined && entries.length === 1) {
      const [name, argument] = first;
      if (name === 'Ref' || name === 'Condition' || name.startsWith('Fn::')) {
        return this.#intrinsic(stack, name, argument, neededBy);
      }
    }
    return Object.fromEntries(
      entries
        .map(([key, entry]): [string, unknown] => [key, this.#resolve(stack, entry, neededBy)])
        .filter(([, entry]) => entry !== NO_VALUE),
    );
  }

  #intrinsic(stack: StackTemplate, name: string, argument: unknown, neededBy: string): unknown {
    const result = evaluateIntrinsic(name, argument, {
      resolve: (inner) => this.#resolve(stack, inner, neededBy),
      reference: (target) => this.#reference(stack, target, neededBy),
      attribute: (logicalId, attribute) =>
        this.attribute(this.#find(stack, logicalId, neededBy), attribute, neededBy),
      exported: (exportName) => this.#export(exportName, neededBy),
      output: (stackName, output) => this.#output(stackName, output, neededBy),
      condition: (condition) => this.#holds(stack, condition),
      mapping: (map, top, second) => stack.template.Mappings[map]?.[top]?.[second],
      unsupported: (what) =>
        new DevStackError('TEMPLATE_UNSUPPORTED', `${neededBy}: the dev stack does not understand ${what}`),
    });
    return typeof result === 'string' ? this.#expand(result, neededBy) : result;
  }

  #reference(stack: StackTemplate, target: string, neededBy: string): unknown {
    if (target === 'AWS::NoValue') return NO_VALUE;
    if (target === 'AWS::StackName') return stack.name;
    const pseudo = PSEUDO_PARAMETERS[target];
    if (pseudo !== undefined) return pseudo;
    const parameter = stack.template.Parameters[target];
    if (parameter !== undefined) {
      const { Default, Type = 'String' } = parameter;
      if (Default === undefined) {
        throw new DevStackError('TEMPLATE_UNSUPPORTED', `${neededBy}: parameter ${target} has no default`);
      }
      return TYPE_OF_PARAMETER_LIST.test(Type) ? String(Default).split(',') : Default;
    }
    return this.attribute(this.#find(stack, target, neededBy), REF, neededBy);
  }

  #find(stack: StackTemplate, logicalId: string, neededBy: string): LocatedResource {
    const resource = stack.template.Resources[logicalId];
    if (resource !== undefined) return { stack, logicalId, resource };
    throw new DevStackError(
      'TEMPLATE_UNSUPPORTED',
      `${neededBy} refers to ${logicalId}, which ${stack.name} does not contain`,
    );
  }

  #export(name: string, neededBy: string): unknown {
    const found = this.#exports.get(name);
    if (found !== undefined) return this.#resolve(found.stack, found.value, neededBy);
    throw new DevStackError('TEMPLATE_UNSUPPORTED', `${neededBy}: no stack exports ${name}`);
  }

  #output(stackName: string, name: string, neededBy: string): unknown {
    const stack = this.stacks.find((candidate) => candidate.name === stackName);
    const output = stack?.template.Outputs[name];
    if (stack !== undefined && output !== undefined) return this.#resolve(stack, output.Value, neededBy);
    throw new DevStackError(
      'TEMPLATE_UNSUPPORTED',
      `${neededBy}: no stack has the output ${stackName}.${name}`,
    );
  }

  #holds(stack: StackTemplate, condition: string | undefined): boolean {
    if (condition === undefined) return true;
    const definition = stack.template.Conditions[condition];
    return this.#resolve(stack, definition, `condition ${condition} of ${stack.name}`) === true;
  }

  #expand(text: string, neededBy: string): string {
    if (!text.includes('{{resolve:')) return text;
    return text.replaceAll(DYNAMIC_REFERENCE, (reference) => {
      const value = secretField(reference, this.#environment.secretText);
      if (value !== undefined) return value;
      throw new DevStackError('TEMPLATE_UNSUPPORTED', `${neededBy}: ${reference} cannot be resolved locally`);
    });
  }
}

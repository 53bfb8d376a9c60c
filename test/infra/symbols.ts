import { evaluateIntrinsic, type IntrinsicScope, isRecord } from '../../local/template/intrinsics.ts';

/** The parts of a synthesized stack from which its values get their names. */
export interface NamedStack {
  readonly name: string;
  readonly template: {
    readonly Resources: Readonly<Record<string, { readonly Metadata: Readonly<Record<string, unknown>> }>>;
    readonly Outputs: Readonly<
      Record<string, { readonly Value?: unknown; readonly Export?: { readonly Name?: unknown } | undefined }>
    >;
  };
}

/** Symbols for CloudFormation's pseudo parameters. */
const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': '<region>',
  'AWS::AccountId': '<account>',
  'AWS::URLSuffix': 'amazonaws.com',
};

/**
 * Renders the values of a stage's templates. A reference becomes the path of the construct without the stack's name:
 * `<Upload/Inbox/Queue.Arn>`. These paths are the same in every stage.
 */
export class Symbols {
  readonly #stacks: readonly NamedStack[];

  constructor(stacks: readonly NamedStack[]) {
    this.#stacks = stacks;
  }

  /** The construct's path without the stack's name and the trailing `Resource`. */
  pathOf(stack: NamedStack, logicalId: string): string {
    const path = stack.template.Resources[logicalId]?.Metadata['aws:cdk:path'];
    if (typeof path !== 'string') throw new Error(`${stack.name} has no resource ${logicalId} with a path`);
    return path
      .split('/')
      .slice(1)
      .filter((part) => part !== 'Resource')
      .join('/');
  }

  /**
   * The value with symbols in place of intrinsic functions.
   * @throws Error for an unknown function
   */
  render(stack: NamedStack, value: unknown): unknown {
    if (Array.isArray(value)) return value.map((element) => this.render(stack, element));
    if (!isRecord(value)) return value;
    const [[name, argument] = [], ...others] = Object.entries(value);
    if (name !== undefined && others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) {
      return evaluateIntrinsic(name, argument, this.#scopeOf(stack));
    }
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, this.render(stack, part)]));
  }

  #scopeOf(stack: NamedStack): IntrinsicScope {
    const unsupported = (what: string) => new Error(`${stack.name} uses ${what}`);
    return {
      resolve: (value) => this.render(stack, value),
      reference: (target) => PSEUDO[target] ?? `<${this.pathOf(stack, target)}>`,
      attribute: (logicalId, attribute) => `<${this.pathOf(stack, logicalId)}.${attribute}>`,
      exported: (name) => this.#exported(name),
      output: (stackName, output) => {
        const owner = this.#stacks.find(({ name }) => name === stackName);
        const found = owner?.template.Outputs[output];
        if (!owner || !found) throw unsupported(`the output ${output} of ${stackName}, which is not there`);
        return this.render(owner, found.Value);
      },
      condition: (name) => {
        throw unsupported(`the condition ${name}`);
      },
      mapping: (map) => {
        throw unsupported(`the mapping ${map}`);
      },
      unsupported,
    };
  }

  #exported(name: string): unknown {
    for (const stack of this.#stacks) {
      for (const { Export, Value } of Object.values(stack.template.Outputs)) {
        if (Export?.Name === name) return this.render(stack, Value);
      }
    }
    throw new Error(`No stack exports ${name}`);
  }
}

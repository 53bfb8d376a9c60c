import * as z from 'zod';
import type { StackTemplate } from '../../../local/template/assembly.ts';
import { Symbols } from '../symbols.ts';

const OneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

/** A statement of a policy. An unknown key is an error, so that no restriction is overlooked. */
export const Statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: OneOrMore,
  Resource: OneOrMore,
  Condition: z.record(z.string(), z.unknown()).optional(),
});
export type Statement = z.infer<typeof Statement>;

const PolicyDocument = z.object({ Statement: z.array(Statement) });
const PolicyProperties = z.object({ PolicyDocument, Roles: z.array(z.string()) });
const RoleProperties = z.object({
  Policies: z.array(z.object({ PolicyDocument })).default([]),
  ManagedPolicyArns: z.array(z.string()).default([]),
});

/** A role of a template, with resources named by the paths of their constructs. */
export interface TemplateRole {
  /** The path of its construct, for example `Upload/Http/ServiceRole`. */
  readonly path: string;
  readonly stack: string;
  readonly logicalId: string;
  readonly statements: readonly Statement[];
  /** Names of AWS's own policies, for example `AWSLambdaBasicExecutionRole`. */
  readonly managedPolicies: readonly string[];
}

/** Every role of a stage, with all statements of all policies that are attached to it. */
export const readRoles = (stacks: readonly StackTemplate[]): TemplateRole[] => {
  const symbols = new Symbols(stacks);
  return stacks.flatMap((stack) => {
    const ofType = (type: string) =>
      Object.entries(stack.template.Resources)
        .filter(([, resource]) => resource.Type === type)
        .map(([logicalId, { Properties }]) => ({ logicalId, Properties }));
    const policies = ofType('AWS::IAM::Policy').map(({ Properties }) =>
      PolicyProperties.parse(
        symbols.render(stack, { PolicyDocument: Properties.PolicyDocument, Roles: Properties.Roles }),
      ),
    );
    return ofType('AWS::IAM::Role').map(({ logicalId, Properties }) => {
      const path = symbols.pathOf(stack, logicalId);
      const own = RoleProperties.parse(
        symbols.render(stack, {
          Policies: Properties.Policies,
          ManagedPolicyArns: Properties.ManagedPolicyArns,
        }),
      );
      const attached = policies.filter(({ Roles }) => Roles.includes(`<${path}>`));
      return {
        path,
        stack: stack.name,
        logicalId,
        statements: [...own.Policies, ...attached].flatMap((policy) => policy.PolicyDocument.Statement),
        managedPolicies: own.ManagedPolicyArns.map((arn) => arn.slice(arn.lastIndexOf('/') + 1)),
      };
    });
  });
};

/** The user name that lib/constructs/valkey.ts derives from the stage's name. */
const VALKEY_USER = /frameflow[a-z]+data-valkey-\w+-app/;

/** Every single right of the statements, for example `s3:GetObject on <Storage/Bucket.Arn>/users/*`. */
export const rightsOf = (statements: readonly Statement[]): string[] => {
  const rights = statements.flatMap(({ Effect, Action, Resource, Condition }) =>
    Action.flatMap((action) =>
      Resource.map((resource) =>
        [
          ...(Effect === 'Deny' ? ['not'] : []),
          `${action} on ${resource.replace(VALKEY_USER, '<Valkey/User>')}`,
          ...(Condition ? [`if ${JSON.stringify(Condition)}`] : []),
        ].join(' '),
      ),
    ),
  );
  return [...new Set(rights)].toSorted();
};

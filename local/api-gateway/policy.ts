import * as z from 'zod';

const OneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

/** The part of an IAM policy that authorizers use. */
export const PolicyDocument = z.object({
  Statement: z
    .union([z.array(z.unknown()), z.unknown().transform((statement) => [statement])])
    .pipe(z.array(z.object({ Effect: z.enum(['Allow', 'Deny']), Action: OneOrMore, Resource: OneOrMore }))),
});
export type PolicyDocument = z.infer<typeof PolicyDocument>;

const INVOKE = 'execute-api:Invoke';

/** Matches IAM's wildcards: `*` is any text, `?` is one character. */
export const matchesWildcard = (pattern: string, text: string, flags = ''): boolean => {
  const expression = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, `s${flags}`).test(text);
};

/**
 * Whether the policy allows the method: at least one statement allows it and none denies it.
 * @param methodArn `arn:…:execute-api:region:account:api/stage/METHOD/path`
 */
export const allowsInvoke = (policy: PolicyDocument, methodArn: string): boolean => {
  const applying = policy.Statement.filter(
    ({ Action, Resource }) =>
      Action.some((action) => matchesWildcard(action, INVOKE, 'i')) &&
      Resource.some((resource) => matchesWildcard(resource, methodArn)),
  );
  return (
    applying.some(({ Effect }) => Effect === 'Allow') && !applying.some(({ Effect }) => Effect === 'Deny')
  );
};

import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { Stage } from '../../lib/config/stage.ts';
import { resourcesOf, synthesizeStage } from './synthesize.ts';

const Statement = z.looseObject({
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.unknown().optional(),
  NotPrincipal: z.unknown().optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});
type Statement = z.infer<typeof Statement>;

/** Every statement of every policy in any property; a policy document may also be JSON text. */
const statementsIn = (value: unknown): Statement[] => {
  if (typeof value === 'string' && value.includes('"Statement"')) return statementsIn(JSON.parse(value));
  if (Array.isArray(value)) return value.flatMap(statementsIn);
  if (typeof value !== 'object' || value === null) return [];
  const { success, data } = Statement.safeParse(value);
  return success ? [data] : Object.values(value).flatMap(statementsIn);
};

/** `"*"`, `{"AWS": "*"}` and `{"AWS": ["…", "*"]}` all mean every principal; so does `NotPrincipal`. */
const meansEveryone = ({ Principal, NotPrincipal }: Statement): boolean => {
  const flatten = (value: unknown): unknown[] =>
    typeof value === 'object' && value !== null ? Object.values(value).flatMap(flatten) : [value];
  return NotPrincipal !== undefined || flatten(Principal).includes('*');
};

const allowsEveryone = (statement: Statement): boolean =>
  statement.Effect === 'Allow' &&
  meansEveryone(statement) &&
  Object.keys(statement.Condition ?? {}).length === 0;

describe.each(Stage.options)('Stage %s', (stage) => {
  const resources = resourcesOf(synthesizeStage(stage));

  test('has no policy that allows every principal without a condition', () => {
    const open = resources
      .filter(({ Properties }) => statementsIn(Properties).some(allowsEveryone))
      .map(({ Type, Properties }) => `${Type} ${JSON.stringify(Properties)}`);
    expect(open).toEqual([]);
  });

  test('has its policies found in every type of resource with a policy', () => {
    const withPolicies = new Set(
      resources.filter(({ Properties }) => statementsIn(Properties).length > 0).map(({ Type }) => Type),
    );
    for (const type of [
      'AWS::SQS::QueuePolicy',
      'AWS::S3::BucketPolicy',
      'AWS::IAM::Role',
      'AWS::IAM::Policy',
    ])
      expect(withPolicies).toContain(type);
  });

  test('allows no invocation of a function by every account', () => {
    const invokers = resources.filter(({ Type }) => Type === 'AWS::Lambda::Permission');
    expect(invokers.length).toBeGreaterThan(0);
    for (const { Properties } of invokers) expect(Properties.Principal).not.toBe('*');
  });
});

describe('A statement', () => {
  const statement = (fields: object) => ({ PolicyDocument: { Statement: [{ Effect: 'Allow', ...fields }] } });
  const found = (value: unknown) => statementsIn(value).some(allowsEveryone);

  test.each([
    statement({ Principal: '*' }),
    statement({ Principal: { AWS: '*' } }),
    statement({ Principal: { Service: 'sns.amazonaws.com', AWS: ['arn:aws:iam::1:root', '*'] } }),
    statement({ NotPrincipal: { AWS: 'arn:aws:iam::1:root' } }),
    { Policy: JSON.stringify(statement({ Principal: '*' }).PolicyDocument) },
  ])('that allows every principal is found: %j', (value) => expect(found(value)).toBe(true));

  test.each([
    statement({ Principal: { AWS: 'arn:aws:iam::1:root' } }),
    statement({ Principal: '*', Condition: { StringEquals: { 'aws:SourceAccount': '1' } } }),
    statement({ Effect: 'Deny', Principal: '*' }),
    statement({ Action: 's3:GetObject', Resource: '*' }),
  ])('that does not allow every principal is not reported: %j', (value) => expect(found(value)).toBe(false));
});

import { describe, expect, test } from 'vitest';
import { allowsInvoke, PolicyDocument } from '../../../../local/api-gateway/policy.ts';

const ARN = 'arn:aws:execute-api:us-east-1:000000000000:api1/v1/GET/videos/42';
const statement = (
  Effect: string,
  Resource: string | string[],
  Action: string | string[] = 'execute-api:Invoke',
) => ({
  Effect,
  Action,
  Resource,
});
const allows = (...Statement: unknown[]) =>
  allowsInvoke(PolicyDocument.parse({ Version: '2012-10-17', Statement }), ARN);

describe('a policy', () => {
  test.each<[string, boolean, unknown[]]>([
    ['allows the named method', true, [statement('Allow', ARN)]],
    ['allows by a wildcard', true, [statement('Allow', 'arn:aws:execute-api:*:*:api1/v1/*')]],
    [
      'allows by one of several resources and actions',
      true,
      [statement('Allow', ['x', ARN], ['other', 'execute-api:*'])],
    ],
    ['allows by a question mark', true, [statement('Allow', ARN.replace('42', '4?'))]],
    ['does not allow another method', false, [statement('Allow', ARN.replace('GET', 'POST'))]],
    ['does not allow another action', false, [statement('Allow', ARN, 's3:*')]],
    ['matches a dot literally', false, [statement('Allow', ARN.replace('videos', 'v.deos'))]],
    ['allows nothing without statements', false, []],
    ['denies before it allows', false, [statement('Allow', '*'), statement('Deny', ARN)]],
    [
      'denies only the resources that it names',
      true,
      [statement('Allow', '*'), statement('Deny', ARN.replace('42', '43'))],
    ],
  ])('%s', (_, expected, statements) => {
    expect(allows(...statements)).toBe(expected);
  });

  test('may hold a single statement without a list', () => {
    const policy = PolicyDocument.parse({ Statement: statement('Allow', '*') });
    expect(allowsInvoke(policy, ARN)).toBe(true);
  });
});

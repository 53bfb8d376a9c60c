import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { parseTemplate, Resource, synthesizeStage } from './synthesize.ts';

const isPolicy = (value: unknown): boolean => Resource.safeParse(value).data?.Type === 'AWS::IAM::Policy';
const isOfSelfTest = (id: string): boolean => id.startsWith('SelfTest');

/**
 * Without what changes with our code rather than with the infrastructure (hashes of assets, of the version that the
 * migrations run as, of the deployment of the API) and without what every resource has (construct path, tags). Policies are
 * left out, because roles/roles.test.ts holds every right against a list. So is the self-test: self-test.test.ts and
 * network.test.ts assert what it is and waits for.
 */
const scrub = (template: Template): unknown => {
  const { Resources, Outputs } = parseTemplate(template);
  const text = JSON.stringify({ Resources, Outputs }, (key, value: unknown) => {
    if (key === 'Metadata' || key === 'Tags' || isOfSelfTest(key) || isPolicy(value)) return undefined;
    return key === 'DependsOn' && Array.isArray(value)
      ? value.filter((id) => !isOfSelfTest(String(id)))
      : value;
  });
  return JSON.parse(
    text
      .replaceAll(/[0-9a-f]{64}/g, 'ASSET-HASH')
      .replaceAll(/(MigrationsTrigger)[0-9a-f]{12}[0-9A-F]{8}/g, '$1CODE-HASH')
      .replaceAll(/(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g, '$1VERSION-HASH')
      .replaceAll(/(RestApiDeployment[0-9A-F]{8})[0-9a-f]{32}/g, '$1DEPLOYMENT-HASH'),
  );
};

// Prod has the stacks of dev with other numbers, which invariants.test.ts asserts.
describe('Stage dev', () => {
  const { network, data, app } = synthesizeStage('dev');

  test('has the network that it had', () => expect(network && scrub(network)).toMatchSnapshot());
  test('has the stores that it had', () => expect(scrub(data)).toMatchSnapshot());
  test('has the application that it had', () => expect(scrub(app)).toMatchSnapshot());
});

describe('Stage local', () => {
  const { network, data, app } = synthesizeStage('local');

  test('has no network', () => expect(network).toBeUndefined());
  test('has the stores that it had', () => expect(scrub(data)).toMatchSnapshot());
  test('has the application that it had', () => expect(scrub(app)).toMatchSnapshot());
});

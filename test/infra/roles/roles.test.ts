import { describe, expect, test } from 'vitest';
import { Stage } from '../../../lib/config/stage.ts';
import { synthesizeAssembly } from '../synthesize.ts';
import { expectedRoles } from './role-list.ts';
import { readRoles, rightsOf } from './template-roles.ts';

describe.each(Stage.options)('The templates of stage %s', (stage) => {
  const expected = expectedRoles(stage === 'local' ? 'local' : 'aws');
  const roles = readRoles(synthesizeAssembly(stage));

  test('have exactly the roles of the list', () => {
    expect(roles.map(({ path }) => path).toSorted()).toEqual(expected.map(({ path }) => path));
  });

  test.each(expected)('grant exactly the listed rights to $path', (listed) => {
    const role = roles.find(({ path }) => path === listed.path);
    expect(rightsOf(role?.statements ?? [])).toEqual(listed.rights);
    expect(role?.managedPolicies).toEqual(listed.managedPolicies);
  });
});

import { describe, expect, test } from 'vitest';
import { Stage } from '../../../lib/config/stage.ts';
import { synthesizeAssembly } from '../synthesize.ts';
import { expectedRoles } from './role-list.ts';
import { readRoles, rightsOf } from './template-roles.ts';

describe.each(Stage.options)('The templates of stage %s', (stage) => {
  const expected = expectedRoles(stage === 'local' ? 'local' : 'aws');
  const roles = readRoles(synthesizeAssembly(stage));

  test('have the roles of the list, and no other', () => {
    expect(roles.map(({ path }) => path).toSorted()).toEqual(expected.map(({ path }) => path));
  });

  test.each(expected)('grant to $path what the list says, and nothing else', (listed) => {
    const role = roles.find(({ path }) => path === listed.path);
    expect(rightsOf(role?.statements ?? [])).toEqual(listed.rights);
    expect(role?.managedPolicies).toEqual(listed.managedPolicies);
  });
});

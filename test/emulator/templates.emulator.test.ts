import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Stage } from '../../lib/config/stage.ts';
import { BUILD_DIRECTORY } from '../../lib/paths.ts';
import { lintTemplates } from './lint.ts';
import { expectedRoles } from './role-list.ts';
import { type Assembly, synthesizeStage } from './synthesize.ts';
import { readRoles, rightsOf } from './template-roles.ts';

const DIRECTORY = join(BUILD_DIRECTORY, 'emulator-templates');

const assemblies = new Map<Stage, Assembly>();
const assemblyOf = (stage: Stage): Assembly => {
  const assembly = assemblies.get(stage);
  if (!assembly) throw new Error(`stage ${stage} was not synthesized`);
  return assembly;
};
beforeAll(async () => {
  await rm(DIRECTORY, { recursive: true, force: true });
  await mkdir(DIRECTORY, { recursive: true });
  // One after the other: each keeps a core busy, and the deployment runs beside.
  for (const stage of Stage.options)
    assemblies.set(stage, await synthesizeStage(stage, join(DIRECTORY, stage)));
});

describe.each(Stage.options)('The templates of stage %s', (stage) => {
  test('have the roles of the list, and no other', () => {
    const where = stage === 'local' ? 'local' : 'aws';
    expect(
      readRoles(assemblyOf(stage).stacks)
        .map(({ path }) => path)
        .toSorted(),
    ).toEqual(expectedRoles(where).map(({ path }) => path));
  });

  test.each(expectedRoles(stage === 'local' ? 'local' : 'aws'))(
    'grant to $path what the list says, and nothing else',
    ({ path, rights, managedPolicies }) => {
      const role = readRoles(assemblyOf(stage).stacks).find((candidate) => candidate.path === path);
      expect(rightsOf(role?.statements ?? [])).toEqual(rights);
      expect(role?.managedPolicies).toEqual(managedPolicies);
    },
  );

  test('pass cfn-lint', async () => {
    expect(await lintTemplates(assemblyOf(stage))).toEqual([]);
  });
});

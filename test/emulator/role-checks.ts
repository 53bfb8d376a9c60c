import { beforeAll, describe, expect, test } from 'vitest';
import { type ExpectedRole, expectedRoles, isAwsOnly } from '../infra/roles/role-list.ts';
import { rightsOf } from '../infra/roles/template-roles.ts';
import { type Clients, clientsFor } from './clients.ts';
import { readDeployedRole } from './deployed-roles.ts';
import { isAllowed } from './probes.ts';
import { type ProbedResource, probedCalls } from './role-probes.ts';
import { assumeRole, trustRoot } from './sessions.ts';
import { type Stage, TASK_ROLES, taskRoleName } from './stage.ts';

/** Number of concurrent calls. */
const PARALLEL_CALLS = 8;

/** Compares the deployed roles with the list, and makes each call of the list with each role. */
export const testRoles = (stage: () => Stage): void => {
  const functions = expectedRoles('local').map((role) => ({
    ...role,
    nameOf: () => stage().names.nameOf(role.path),
  }));
  const tasks = Object.entries(TASK_ROLES).map(([container, path]) => ({
    ...taskRole(path),
    nameOf: () => taskRoleName(container),
  }));

  describe.each([...functions, ...tasks])('$path', ({ path, rights, managedPolicies, nameOf }) => {
    const isTask = tasks.some((task) => task.path === path);
    let clients: Clients;
    beforeAll(async () => {
      if (!isTask) await trustRoot(stage().clients, nameOf());
      clients = clientsFor(stage().foundation.miniStack, await assumeRole(stage().clients, nameOf()));
    });

    test.skipIf(isTask)('has exactly the listed rights in IAM', async () => {
      const deployed = await readDeployedRole(stage().clients, nameOf());
      expect(rightsOf(deployed.statements)).toEqual(
        rights.map((right) => stage().names.resolve(right)).toSorted(),
      );
      expect(deployed.managedPolicies).toEqual(managedPolicies);
    });

    test('is allowed exactly the listed calls', async () => {
      const { names, foundation } = stage();
      const calls = probedCalls(names.pathsOf);
      const unexpected: string[] = [];
      const check = async ({ action, resource, arn }: ProbedResource) => {
        const expected = mayCall({ path, rights, managedPolicies }, action, resource);
        const allowed = await isAllowed(action, clients, names.resolve(arn), foundation.miniStack.endpoint);
        if (allowed !== expected)
          unexpected.push(`${action} on ${resource} was ${allowed ? 'allowed' : 'refused'}`);
      };
      const waiting = [...calls];
      const worker = async () => {
        for (let call = waiting.pop(); call !== undefined; call = waiting.pop()) await check(call);
      };
      await Promise.all(Array.from({ length: PARALLEL_CALLS }, worker));
      expect(unexpected.toSorted().join('\n')).toBe('');
    });
  });

  test('every right of stage local is tested by a call', () => {
    const called = new Set(
      probedCalls(stage().names.pathsOf).map(({ action, resource }) => `${action} on ${resource}`),
    );
    const listed = [...functions, ...tasks].flatMap(({ rights }) => rights);
    expect(listed.filter((right) => !called.has(right))).toEqual([]);
  });
};

/** A task's role with the rights that apply in stage local. */
const taskRole = (path: string): ExpectedRole => {
  const role = expectedRoles('aws').find((candidate) => candidate.path === path);
  if (!role) throw new Error(`The list has no role ${path}`);
  return { ...role, rights: role.rights.filter((right) => !isAwsOnly(right)) };
};

/** The calls of these tests that AWS's own policies allow. */
const MANAGED_RIGHTS: Readonly<Record<string, readonly string[]>> = {
  AWSLambdaBasicExecutionRole: ['logs:CreateLogGroup', 'logs:CreateLogStream'],
};

const mayCall = ({ rights, managedPolicies }: ExpectedRole, action: string, resource: string): boolean =>
  rights.includes(`${action} on ${resource}`) ||
  managedPolicies.some((policy) => MANAGED_RIGHTS[policy]?.includes(action));

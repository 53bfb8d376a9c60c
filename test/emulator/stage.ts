import { join } from 'node:path';
import type { ManagedProcess } from '../../local/processes/managed-process.ts';
import { readAssembly } from '../../local/template/assembly.ts';
import { readRoles } from '../infra/roles/template-roles.ts';
import { ApiUser } from '../support/api-user.ts';
import { Cdk } from './cdk.ts';
import { type Clients, clientsFor } from './clients.ts';
import { startContainer } from './containers.ts';
import { APP_STACK, apiUrlOf, DATA_STACK, outputsOf } from './deployed.ts';
import { EmulatorError } from './errors.ts';
import { type Foundation, layFoundation } from './foundation.ts';
import { type PhysicalNames, readPhysicalNames } from './physical-names.ts';
import { publishTestKey, type TestKey } from './published-key.ts';
import { assumeRole, createTaskRole } from './sessions.ts';
import { type Assembly, synthesizeStage } from './synthesize.ts';

/** The containers whose roles the template of stage local lacks, with the paths of these roles on AWS. */
export const TASK_ROLES = {
  relay: 'Relay/Service/Task/TaskRole',
  worker: 'Process/Worker/Task/TaskRole',
} as const;

/** The name of a container's role in the emulator. */
export const taskRoleName = (container: string): string => `task-of-${container}`;

/** Stage local, deployed, with its containers running and a user logged in. */
export interface Stage {
  readonly foundation: Foundation;
  readonly cdk: Cdk;
  /** Clients with the root user's rights. */
  readonly clients: Clients;
  readonly apiUrl: string;
  readonly bucket: string;
  readonly names: PhysicalNames;
  /** The assembly of a stage on AWS, with the rights of the containers' roles. */
  readonly awsAssembly: Assembly;
  readonly user: ApiUser;
  readonly testKey: TestKey;
  stopContainers(): Promise<void>;
  /** Ends every process; never rejects. */
  stop(): Promise<void>;
}

/**
 * Bootstraps and deploys stage local as docs/deploy.md describes, then starts relay and worker with the rights of their
 * tasks in stage dev.
 * @throws EmulatorError | DevStackError after it has stopped everything
 */
export const startStage = async (): Promise<Stage> => {
  const foundation = await layFoundation();
  try {
    const { directory, miniStack, database } = foundation;
    const clients = clientsFor(miniStack);
    const cdk = new Cdk(foundation);
    // The bootstrap mostly waits for the emulator, so both run concurrently.
    const [awsAssembly] = await Promise.all([
      synthesizeStage('dev', join(directory, 'dev')),
      cdk.bootstrap(),
    ]);
    await cdk.deploy();
    const [data, app] = await Promise.all([outputsOf(clients, DATA_STACK), outputsOf(clients, APP_STACK)]);
    const names = await readPhysicalNames(clients, readAssembly(cdk.output), miniStack.region);
    const containers = await startContainers(foundation, clients, awsAssembly, names);
    const apiUrl = apiUrlOf(outputOf(app, 'ApiUrl'), miniStack.endpoint);
    const user = await ApiUser.register(apiUrl);
    // Published before the first check of a token, because a check caches the keys.
    const testKey = await publishTestKey(database);
    return {
      foundation,
      cdk,
      clients,
      apiUrl,
      bucket: outputOf(data, 'VideoBucketName'),
      names,
      awsAssembly,
      user,
      testKey,
      stopContainers: async () => {
        await Promise.all(containers.map((container) => container.stop()));
      },
      stop: () => foundation.stop(),
    };
  } catch (error) {
    await foundation.stop();
    throw error;
  }
};

const startContainers = async (
  foundation: Foundation,
  clients: Clients,
  { stacks }: Assembly,
  names: PhysicalNames,
): Promise<ManagedProcess[]> => {
  const roles = readRoles(stacks);
  const containers: ManagedProcess[] = [];
  for (const [container, path] of Object.entries(TASK_ROLES)) {
    const role = roles.find((candidate) => candidate.path === path);
    if (!role) throw new EmulatorError(`Stage dev has no role ${path}`);
    await createTaskRole(clients, taskRoleName(container), role.statements, names);
    const session = await assumeRole(clients, taskRoleName(container));
    containers.push(await startContainer(container, foundation, clients, session));
  }
  return containers;
};

const outputOf = (outputs: ReadonlyMap<string, string>, name: string): string => {
  const value = outputs.get(name);
  if (value === undefined) throw new EmulatorError(`There is no output ${name}`);
  return value;
};

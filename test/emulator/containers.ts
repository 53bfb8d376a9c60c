import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { REPOSITORY_ROOT } from '../../lib/paths.ts';
import { containerProcess } from '../../local/containers/container.ts';
import type { ManagedProcess } from '../../local/processes/managed-process.ts';
import type { Clients, Credentials } from './clients.ts';
import { APP_STACK, ContainerOutput, outputsOf } from './deployed.ts';
import { EmulatorError } from './errors.ts';
import type { Foundation } from './foundation.ts';

/** A reference to a secret in an output. CloudFormation resolves such references in resources but not in outputs. */
const SECRET_REFERENCE = /\{\{resolve:secretsmanager:(.+?):SecretString:::\}\}/;

/**
 * Starts a container of the deployed stage. It runs the bundle of its image as a process, with the environment of the
 * stack's output and the credentials of a role's session, as ECS does for a task.
 * @param name `relay` or `worker`
 * @throws EmulatorError if the stack describes no such container
 */
export const startContainer = async (
  name: string,
  { miniStack, processes, logs, undo }: Foundation,
  clients: Clients,
  { accessKeyId, secretAccessKey, sessionToken = '' }: Credentials,
): Promise<ManagedProcess> => {
  const model = [...(await outputsOf(clients, APP_STACK))]
    .filter(([output]) => output.startsWith('Container'))
    .map(([, value]) => ContainerOutput.parse(JSON.parse(value)))
    .find((container) => container.name === name);
  if (!model) throw new EmulatorError(`${APP_STACK} has no output that describes the container ${name}`);
  const container = containerProcess(
    { ...model, environment: await withSecrets(clients, model.environment) },
    {
      ...processes,
      projectDirectory: REPOSITORY_ROOT,
      logs,
      aws: {
        ...miniStack.reachEnvironment,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_SESSION_TOKEN: sessionToken,
      },
    },
  );
  await container.start();
  undo(() => container.stop());
  return container;
};

const withSecrets = async (
  { secrets }: Clients,
  environment: Readonly<Record<string, string>>,
): Promise<Record<string, string>> => {
  const resolved = { ...environment };
  for (const [name, value] of Object.entries(environment)) {
    const [reference, SecretId] = SECRET_REFERENCE.exec(value) ?? [];
    if (!reference) continue;
    const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId }));
    resolved[name] = value.replace(reference, SecretString);
  }
  return resolved;
};

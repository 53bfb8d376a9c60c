import { CreateRoleCommand, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { ACCOUNT_ID, PARTITION } from '../../local/constants.ts';
import type { Statement } from '../infra/roles/template-roles.ts';
import type { Clients, Credentials } from './clients.ts';
import { EmulatorError } from './errors.ts';
import type { PhysicalNames } from './physical-names.ts';

/** Lets the root user take a role on; the templates trust the service alone that runs the code. */
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:${PARTITION}:iam::${ACCOUNT_ID}:root`, Service: 'lambda.amazonaws.com' },
      Action: 'sts:AssumeRole',
    },
  ],
});

/** A session of a role, as the service that runs the code would have it. @throws EmulatorError */
export const assumeRole = async ({ sts }: Clients, roleName: string): Promise<Credentials> => {
  const { Credentials: keys } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: `arn:${PARTITION}:iam::${ACCOUNT_ID}:role/${roleName}`,
      RoleSessionName: 'emulator',
    }),
  );
  const {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
  } = keys ?? {};
  if (!accessKeyId || !secretAccessKey || !sessionToken) throw new EmulatorError(`No session of ${roleName}`);
  return { accessKeyId, secretAccessKey, sessionToken };
};

/** Lets {@link assumeRole} take on the role of a function. Its policies stay as they are. */
export const trustRoot = async ({ iam }: Clients, RoleName: string): Promise<void> => {
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: TRUST }));
};

/**
 * Creates a role of a container, which stage local's template does not have, from the statements that the template of a
 * stage on AWS gives to the task.
 */
export const createTaskRole = async (
  { iam }: Clients,
  RoleName: string,
  statements: readonly Statement[],
  names: PhysicalNames,
): Promise<void> => {
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
  const document = {
    Version: '2012-10-17',
    Statement: statements.map((statement) => ({
      ...statement,
      Action: statement.Action.flatMap((action) => BATCHES[action] ?? action),
      Resource: statement.Resource.map((resource) => names.resolve(resource)),
    })),
  };
  const PolicyDocument = JSON.stringify(document);
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'Task', PolicyDocument }));
};

/** On AWS the right to send one message is the right to send a batch of them; MiniStack has a right of its own for that. */
const BATCHES: Readonly<Record<string, string[]>> = {
  'sqs:SendMessage': ['sqs:SendMessage', 'sqs:SendMessageBatch'],
};

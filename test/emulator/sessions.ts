import { CreateRoleCommand, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { ACCOUNT_ID, PARTITION } from '../../local/constants.ts';
import type { Statement } from '../infra/roles/template-roles.ts';
import type { Clients, Credentials } from './clients.ts';
import { EmulatorError } from './errors.ts';
import type { PhysicalNames } from './physical-names.ts';

/** Lets the root user assume a role; the templates trust only the service that runs the code. */
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

/** Starts a session of a role, as the service that runs the code would. @throws EmulatorError */
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

/** Lets {@link assumeRole} assume the role of a function. Its policies do not change. */
export const trustRoot = async ({ iam }: Clients, RoleName: string): Promise<void> => {
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: TRUST }));
};

/**
 * Creates the role of a container, which stage local's template lacks, from the statements of the task's role in the
 * template of a stage on AWS.
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

/**
 * On AWS, the right to send a message includes batches; MiniStack has a separate right for batches.
 */
const BATCHES: Readonly<Record<string, string[]>> = {
  'sqs:SendMessage': ['sqs:SendMessage', 'sqs:SendMessageBatch'],
};

import {
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import * as z from 'zod';
import { Statement } from '../infra/roles/template-roles.ts';
import type { Clients } from './clients.ts';

const Document = z.object({
  Statement: z.union([Statement, z.array(Statement)]).transform((all) => [all].flat()),
});

/** The rights of a role in the emulator's IAM. */
export interface DeployedRole {
  readonly statements: readonly Statement[];
  /** Names of AWS's own policies. */
  readonly managedPolicies: readonly string[];
}

/** Reads every policy of a role from IAM, inline and attached. */
export const readDeployedRole = async ({ iam }: Clients, RoleName: string): Promise<DeployedRole> => {
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const documents = await Promise.all(
    PolicyNames.map(async (PolicyName) => {
      const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      return Document.parse(JSON.parse(decodeURIComponent(PolicyDocument)));
    }),
  );
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  return {
    statements: documents.flatMap((document) => document.Statement),
    managedPolicies: AttachedPolicies.map(({ PolicyName = '' }) => PolicyName),
  };
};

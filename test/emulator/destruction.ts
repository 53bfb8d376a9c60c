import { DeleteRoleCommand, DeleteRolePolicyCommand } from '@aws-sdk/client-iam';
import { DeleteObjectsCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { inventory } from './inventory.ts';
import { type Stage, TASK_ROLES, taskRoleName } from './stage.ts';

/** Takes the stage down as docs/deploy.md describes: it empties the bucket, then runs `cdk destroy`. */
export const testDestruction = (stage: () => Stage): void => {
  test('leaves nothing behind', async () => {
    const { clients, cdk } = stage();
    const before = await inventory(clients);
    // Every kind must exist before, or an inventory that finds nothing would prove nothing.
    expect(Object.entries(before).filter(([, names]) => names.length === 0)).toEqual([]);
    await stage().stopContainers();
    await emptyBucket(stage());
    await deleteTaskRoles(stage());
    await cdk.destroy();
    const left = await inventory(clients);
    expect(Object.entries(left).filter(([, names]) => names.length > 0)).toEqual([]);
  });
};

const emptyBucket = async ({ clients: { s3 }, bucket: Bucket }: Stage): Promise<void> => {
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket })) {
    const Objects = Contents.map(({ Key }) => ({ Key }));
    if (Objects.length > 0) await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  }
};

/** Deletes the roles that the tests have created. */
const deleteTaskRoles = async ({ clients: { iam } }: Stage): Promise<void> => {
  for (const RoleName of Object.keys(TASK_ROLES).map(taskRoleName)) {
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'Task' }));
    await iam.send(new DeleteRoleCommand({ RoleName }));
  }
};

import { createHash } from 'node:crypto';
import { Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';

/**
 * Changes with the code of any function below `scope` so far, and with any layer. It is made of the assets' names, which
 * are hashes of their content: it refers to no resource, so what uses it depends on none.
 *
 * In the id of a trigger it gives new code a new trigger. A rollback then deletes that trigger, which runs nothing. A
 * trigger that was updated would be rolled back by running the old code, and where that fails as well (no database) the
 * stack stays in UPDATE_ROLLBACK_FAILED.
 */
export const codeFingerprint = (scope: IConstruct): string => {
  const code = scope.node.findAll().flatMap((construct) => {
    if (construct instanceof lambda.CfnFunction) return [construct.code];
    return construct instanceof lambda.CfnLayerVersion ? [construct.content] : [];
  });
  return createHash('sha256')
    .update(JSON.stringify(Stack.of(scope).resolve(code)))
    .digest('hex')
    .slice(0, 12);
};

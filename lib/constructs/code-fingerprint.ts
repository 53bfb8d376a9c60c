import { createHash } from 'node:crypto';
import { Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';

/**
 * A fingerprint of the code of all functions and layers that exist below `scope`. It is computed from the assets'
 * names, which are hashes of their content. It references no resource, so its use creates no dependency.
 *
 * As part of a trigger's id, it gives new code a new trigger. A rollback then only deletes that trigger and runs
 * nothing. For an updated trigger, a rollback would run the old code. If that also failed (no database), the stack
 * would stay in UPDATE_ROLLBACK_FAILED.
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

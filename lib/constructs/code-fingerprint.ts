import { createHash } from 'node:crypto';
import type { Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';

/**
 * Changes with the code of any function in the stack so far, and with any layer. It is made of the assets' names, which are
 * hashes of their content: it refers to no resource, so what uses it depends on none.
 */
export const codeFingerprint = (stack: Stack): string => {
  const code = stack.node.findAll().flatMap((construct) => {
    if (construct instanceof lambda.CfnFunction) return [construct.code];
    return construct instanceof lambda.CfnLayerVersion ? [construct.content] : [];
  });
  return createHash('sha256')
    .update(JSON.stringify(stack.resolve(code)))
    .digest('hex')
    .slice(0, 12);
};

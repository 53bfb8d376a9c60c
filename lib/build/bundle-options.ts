/**
 * How runtime code becomes one ES module. Lambda's runtime brings the AWS SDK; an image brings everything itself.
 */

/** CommonJS dependencies inside an ES module call `require`, which such a module does not have by itself. */
export const REQUIRE_BANNER =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

export const BUNDLE_TARGET = 'node24';

/**
 * In the Lambda runtime already. Not `@smithy/*`: how that is cut into packages changes between versions of the SDK, and
 * the time limits of our clients must not depend on the runtime's version (docs/adr/0004 and 0017).
 */
export const LAMBDA_EXTERNALS = ['@aws-sdk/*'];

/** Prefer the ES module of a package: only that can be shaken of what is not used. */
export const BUNDLE_MAIN_FIELDS = ['module', 'main'];

import type { BuildOptions } from 'esbuild';

/** How runtime code becomes one ES module, for functions and images alike. */

/** CommonJS dependencies inside an ES module call `require`, which such a module does not have by itself. */
export const REQUIRE_BANNER =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

export const BUNDLE_TARGET = 'node24';

/**
 * What a bundle leaves out: an accelerator of pg that is not installed. The AWS SDK is in the bundle, because the Lambda
 * runtime promises neither its packages nor their versions, and a bundled one loads faster (docs/adr/0023).
 */
export const BUNDLE_EXTERNALS = ['pg-native'];

/** Prefer the ES module of a package: only that can be shaken of what is not used. */
export const BUNDLE_MAIN_FIELDS = ['module', 'main'];

/** The options of esbuild for functions, images and the extractor. */
export const BUNDLE_OPTIONS = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: BUNDLE_TARGET,
  minify: true,
  keepNames: true,
  mainFields: BUNDLE_MAIN_FIELDS,
  external: BUNDLE_EXTERNALS,
  banner: { js: REQUIRE_BANNER },
  logLevel: 'error',
} as const satisfies BuildOptions;

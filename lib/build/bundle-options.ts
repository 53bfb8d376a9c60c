import type { BuildOptions } from 'esbuild';

/** How esbuild makes one ES module of runtime code, for functions, images and the extractor. */
export const BUNDLE_OPTIONS = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  minify: true,
  // Error names reach logs and tests, so classes keep their names.
  keepNames: true,
  // Only a package's ES module can be shaken: what is not used stays out.
  mainFields: ['module', 'main'],
  // An accelerator of pg that is not installed. The AWS SDK is in the bundle, because the Lambda runtime promises neither
  // its packages nor their versions, and a bundled one loads faster (docs/adr/0023).
  external: ['pg-native'],
  // CommonJS dependencies inside an ES module call `require`, which such a module does not have by itself.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  logLevel: 'error',
} as const satisfies BuildOptions;

import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { FUNCTIONS_DIRECTORY, REPOSITORY_ROOT } from '../paths.ts';
import { BUNDLE_EXTERNALS, BUNDLE_MAIN_FIELDS, BUNDLE_TARGET, REQUIRE_BANNER } from './bundle-options.ts';

/** An entry below `functions/` with all its dependencies as one ES module; the same sources give the same bytes. */
export const bundleEntry = (entry: string): string => {
  const { outputFiles } = buildSync({
    entryPoints: [join(FUNCTIONS_DIRECTORY, entry)],
    absWorkingDir: REPOSITORY_ROOT,
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: BUNDLE_TARGET,
    minify: true,
    keepNames: true,
    mainFields: BUNDLE_MAIN_FIELDS,
    banner: { js: REQUIRE_BANNER },
    external: BUNDLE_EXTERNALS,
    logLevel: 'error',
  });
  return outputFiles.map(({ text }) => text).join('');
};

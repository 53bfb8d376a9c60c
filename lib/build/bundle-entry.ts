import { globSync } from 'node:fs';
import { join, relative } from 'node:path';
import { buildSync } from 'esbuild';
import { BUILD_DIRECTORY, FUNCTIONS_DIRECTORY, REPOSITORY_ROOT } from '../paths.ts';
import { BUNDLE_OPTIONS } from './bundle-options.ts';

/**
 * Bundles an entry with all its dependencies into one ES module. The result is deterministic.
 *
 * @param entry path from the repository's root
 */
export const bundleEntry = (entry: string): string => bundleEntries([entry]).get(entry) ?? '';

/** The bundles of all functions, once they were asked for. */
let functionBundles: ReadonlyMap<string, string> | undefined;

/**
 * The bundle of a function. All functions are bundled together at the first call: esbuild then reads what they share once.
 *
 * @param entry its path below `functions/`
 * @throws Error where there is no such entry
 */
export const functionBundle = (entry: string): string => {
  functionBundles ??= bundleEntries(
    globSync('*/*.lambda.ts', { cwd: FUNCTIONS_DIRECTORY }).map((path) => join('functions', path)),
  );
  const bundle = functionBundles.get(join('functions', entry));
  if (bundle === undefined) throw new Error(`There is no function functions/${entry}`);
  return bundle;
};

/** Each entry's bundle, by the entry's path from the repository's root. */
const bundleEntries = (entries: readonly string[]): Map<string, string> => {
  const { outputFiles } = buildSync({
    ...BUNDLE_OPTIONS,
    entryPoints: entries.map((entry) => join(REPOSITORY_ROOT, entry)),
    absWorkingDir: REPOSITORY_ROOT,
    outbase: REPOSITORY_ROOT,
    // Nothing is written there: it names the outputs.
    outdir: BUILD_DIRECTORY,
    write: false,
  });
  return new Map(
    outputFiles.map(({ path, text }) => [relative(BUILD_DIRECTORY, path).replace(/js$/, 'ts'), text]),
  );
};

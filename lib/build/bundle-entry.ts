import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { FUNCTIONS_DIRECTORY, REPOSITORY_ROOT } from '../paths.ts';
import { BUNDLE_OPTIONS } from './bundle-options.ts';

/** An entry below `functions/` with all its dependencies as one ES module; the same sources give the same bytes. */
export const bundleEntry = (entry: string): string => {
  const { outputFiles } = buildSync({
    ...BUNDLE_OPTIONS,
    entryPoints: [join(FUNCTIONS_DIRECTORY, entry)],
    absWorkingDir: REPOSITORY_ROOT,
    write: false,
  });
  return outputFiles.map(({ text }) => text).join('');
};

import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { REPOSITORY_ROOT } from '../paths.ts';
import { BUNDLE_OPTIONS } from './bundle-options.ts';

/**
 * An entry with all its dependencies as one ES module; the same sources give the same bytes.
 *
 * @param entry its path from the repository's root.
 */
export const bundleEntry = (entry: string): string => {
  const { outputFiles } = buildSync({
    ...BUNDLE_OPTIONS,
    entryPoints: [join(REPOSITORY_ROOT, entry)],
    absWorkingDir: REPOSITORY_ROOT,
    write: false,
  });
  return outputFiles.map(({ text }) => text).join('');
};

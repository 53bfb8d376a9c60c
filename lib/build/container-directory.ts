import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { buildSync } from 'esbuild';
import { BUILD_DIRECTORY, FUNCTIONS_DIRECTORY, REPOSITORY_ROOT } from '../paths.ts';
import { BUNDLE_MAIN_FIELDS, BUNDLE_TARGET, REQUIRE_BANNER } from './bundle-options.ts';

export interface ContainerDirectoryProps {
  /** The directory's name below `build/containers/`. */
  readonly name: string;
  /** The entry's path below `functions/`. */
  readonly entry: string;
  /** The image's build file. */
  readonly dockerfile: string;
}

/** A directory that an image is built of: the bundle with all its dependencies, and the Dockerfile. */
export interface ContainerDirectory {
  readonly path: string;
  /** From the repository's root, with forward slashes. */
  readonly relativePath: string;
}

/**
 * Bundles a container's entry. The same sources give the same bytes, and unchanged files are left alone, so the
 * image's tag changes only with its content.
 */
export const prepareContainerDirectory = (props: ContainerDirectoryProps): ContainerDirectory => {
  const path = join(BUILD_DIRECTORY, 'containers', props.name);
  mkdirSync(path, { recursive: true });
  const { outputFiles } = buildSync({
    entryPoints: [join(FUNCTIONS_DIRECTORY, props.entry)],
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
    // An optional native accelerator of pg, which is not installed.
    external: ['pg-native'],
    logLevel: 'error',
  });
  for (const file of outputFiles) replace(join(path, 'index.mjs'), file.text);
  replace(join(path, 'Dockerfile'), props.dockerfile);
  return { path, relativePath: relative(REPOSITORY_ROOT, path).replaceAll('\\', '/') };
};

/** Written beside and renamed: another synthesis at the same time never sees half a file. */
const replace = (path: string, content: string): void => {
  if (existsSync(path) && readFileSync(path, 'utf8') === content) return;
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, content);
  renameSync(partial, path);
};

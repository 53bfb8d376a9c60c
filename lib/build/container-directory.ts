import { join, relative } from 'node:path';
import { BUILD_DIRECTORY, REPOSITORY_ROOT } from '../paths.ts';
import { bundleEntry } from './bundle-entry.ts';
import { replaceFile } from './replace-file.ts';

export interface ContainerDirectoryProps {
  /** The directory's name below `build/containers/`. */
  readonly name: string;
  /** The entry's path below `functions/`. */
  readonly entry: string;
  /**
   * Programs that the entry starts: each file name beside it, and its entry from the repository's root. @default none
   */
  readonly programs?: Readonly<Record<string, string>>;
  /** Other files of the image: name and content. @default none */
  readonly files?: Readonly<Record<string, string>>;
  /** Content of the Dockerfile. */
  readonly dockerfile: string;
}

/** The build directory of an image: the bundle with all its dependencies, other files, and the Dockerfile. */
export interface ContainerDirectory {
  readonly path: string;
  /** From the repository's root, with forward slashes. */
  readonly relativePath: string;
}

/**
 * Bundles a container's entry. The result is deterministic, and unchanged files are not written again, so the image's
 * tag changes only with its content.
 */
export const prepareContainerDirectory = (props: ContainerDirectoryProps): ContainerDirectory => {
  const path = join(BUILD_DIRECTORY, 'containers', props.name);
  const entries = { 'index.mjs': join('functions', props.entry), ...props.programs };
  for (const [name, entry] of Object.entries(entries)) replaceFile(join(path, name), bundleEntry(entry));
  for (const [name, content] of Object.entries(props.files ?? {})) replaceFile(join(path, name), content);
  replaceFile(join(path, 'Dockerfile'), props.dockerfile);
  return { path, relativePath: relative(REPOSITORY_ROOT, path).replaceAll('\\', '/') };
};

import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError, usageError } from '../errors.ts';

/** Where the frames of one video go. */
export interface Target {
  kind: 'zip' | 'folder';
  path: string;
}

/** One video of a command, and where its frames go. */
export interface Job {
  input: string;
  target: Target;
}

const ZIP = '.zip';
/** What Windows refuses in names, which is more than other systems do. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it finds
const UNSAFE_IN_NAMES = /[\u0000-\u001f\u007f<>:"|?*]/g;

/**
 * Where the frames of each input go, in the order of the inputs. Without `output` each gets a ZIP in the current folder.
 *
 * @param output a ZIP's name for one input, or a folder: for one input the folder of its frames, else one folder for each.
 * @throws CliError where several inputs would go into one ZIP.
 */
export const planTargets = (inputs: readonly string[], output: string | undefined): Job[] => {
  const isZip = output?.toLowerCase().endsWith(ZIP) === true;
  if (isZip && inputs.length > 1) {
    throw usageError(
      `${output} can hold the frames of one video only.`,
      'Name a folder with -o, or leave -o out.',
    );
  }
  const names = uniqueNames(inputs);
  return inputs.map((input, position) => {
    const name = names[position] ?? '';
    if (output === undefined) return { input, target: { kind: 'zip', path: `${name}-frames${ZIP}` } };
    if (isZip) return { input, target: { kind: 'zip', path: output } };
    return { input, target: { kind: 'folder', path: inputs.length === 1 ? output : join(output, name) } };
  });
};

/** Names of the inputs without folder and extension; where two are the same, the later one gets a number. */
const uniqueNames = (inputs: readonly string[]): string[] => {
  const taken = new Set<string>();
  return inputs.map((input) => {
    const stem = nameWithoutExtension(isWebAddress(input) ? pathOf(new URL(input)) : input);
    let name = stem;
    // File systems of macOS and Windows do not tell the cases of letters apart.
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${stem}-${number}`;
    taken.add(name.toLowerCase());
    return name;
  });
};

const isWebAddress = (input: string): boolean => /^https?:\/\//i.test(input) && URL.canParse(input);

/** Of an address, as it would be written for a file. */
const pathOf = ({ pathname }: URL): string => {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
};

/** The last part of a path, without its extension, as one plain name: also of a path that another machine sent. */
export const nameWithoutExtension = (path: string): string => {
  const name = path.split(/[/\\]/).findLast((part) => part !== '') ?? '';
  // A leading dot is no extension's.
  const stem = name.replace(/(?<=.)\.[^.]*$/, '').replaceAll(UNSAFE_IN_NAMES, '_');
  return /^\.*$/.test(stem) ? 'video' : stem;
};

/** @throws CliError where something is at the target already and may not be replaced. */
export const requireFree = async ({ kind, path }: Target, force: boolean): Promise<void> => {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined) return;
  if (kind === 'zip' && found.isDirectory()) {
    throw fileError('EXISTS', `${path} is a folder.`, 'Choose another name for the ZIP with -o.');
  }
  if (kind === 'folder' && !found.isDirectory()) {
    throw fileError('EXISTS', `${path} is a file.`, 'Choose a folder with -o, or a name that ends in .zip.');
  }
  if (force || (kind === 'folder' && (await readdir(path)).length === 0)) return;
  const state = kind === 'zip' ? 'exists already' : 'is not empty';
  throw fileError(
    'EXISTS',
    `${path} ${state}.`,
    'Choose another place with -o, or add --force to replace it.',
  );
};

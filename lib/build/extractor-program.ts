import { join } from 'node:path';
import { BUILD_DIRECTORY } from '../paths.ts';
import { bundleEntry } from './bundle-entry.ts';
import { replaceFile } from './replace-file.ts';

/** The program of the decoding child processes, as a path from the repository's root. */
export const EXTRACTOR_ENTRY = 'engine/libav/child/extractor.task.ts';

/** The program's file name beside the bundle that starts it. */
export const EXTRACTOR_FILE = 'extractor.mjs';

/** Bundles the extractor for a function's package. @returns the bundle's path. */
export const prepareExtractor = (): string => {
  const path = join(BUILD_DIRECTORY, 'extractor', EXTRACTOR_FILE);
  replaceFile(path, bundleEntry(EXTRACTOR_ENTRY));
  return path;
};

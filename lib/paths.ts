import { join } from 'node:path';

/** The root of the repository. */
export const REPOSITORY_ROOT = join(import.meta.dirname, '..');

/** The directory of the runtime code. Constructs refer to it by path and import only the contracts. */
export const FUNCTIONS_DIRECTORY = join(REPOSITORY_ROOT, 'functions');

/** The directory for prepared assets. It is never committed. */
export const BUILD_DIRECTORY = join(REPOSITORY_ROOT, 'build');

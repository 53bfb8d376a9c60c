import { join } from 'node:path';

/** The root of the repository. */
export const REPOSITORY_ROOT = join(import.meta.dirname, '..');

/** Where runtime code is: constructs name it by path and import nothing of it but the contracts. */
export const FUNCTIONS_DIRECTORY = join(REPOSITORY_ROOT, 'functions');

/** What synthesis prepares for assets; never committed. */
export const BUILD_DIRECTORY = join(REPOSITORY_ROOT, 'build');

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as z from 'zod';
import { REPOSITORY_ROOT } from '../paths.ts';
import type { PackageFiles } from './function-code.ts';

/** What prints the static site. */
const BUILDER = join(REPOSITORY_ROOT, 'site', 'main.ts');

const MAX_BYTES = 64 * 1024 * 1024;

let files: PackageFiles | undefined;

/** The files of the static site, below `site/` of a function's package. They are built once in a process. */
export const sitePackageFiles = (): PackageFiles => {
  files ??= Object.fromEntries(
    Object.entries(
      z
        .record(z.string(), z.string())
        .parse(
          JSON.parse(execFileSync(process.execPath, [BUILDER], { encoding: 'utf8', maxBuffer: MAX_BYTES })),
        ),
    ).map(([path, content]) => [`site/${path}`, () => content]),
  );
  return files;
};

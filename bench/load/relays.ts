import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DevStack } from '../../local/stack.ts';
import type { Kill } from './faults/run-faults.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');

/** Starts a second relay with the same bundle and environment as the stack's own. Faults do not hit it. */
export const startSecondRelay = (stack: DevStack): { stop(): Promise<void> } => {
  const relay = stack.model.containers.find(({ name }) => name === 'relay');
  if (relay === undefined) throw new Error('the template has no relay');
  const log = openSync(join(stack.logs, 'relay-2.log'), 'a');
  const child = spawn(process.execPath, relay.command.slice(1), {
    cwd: resolve(REPOSITORY, relay.directory),
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...stack.awsEnvironment, ...relay.environment },
    stdio: ['ignore', log, log],
  });
  return { stop: () => end(child) };
};

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
};

/**
 * Stops the relay for this time.
 * @returns the fault, after its end
 */
export const withoutRelay = async (stack: DevStack, seconds: number): Promise<Kill> => {
  const relay = stack.process('relay');
  const at = Date.now();
  await relay.stop();
  await sleep(seconds * 1000);
  await relay.start();
  return { at, untilAt: Date.now(), target: 'relay', signal: 'SIGTERM', what: `no relay for ${seconds} s` };
};

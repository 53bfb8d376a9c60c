import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { processIdentity } from '../../../../local/processes/identity.ts';
import { ownerOf, ProcessLedger } from '../../../../local/processes/ledger.ts';

let directory: string;
let file: string;
let ledger: ProcessLedger;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'frame-flow-ledger-'));
  file = join(directory, 'processes.jsonl');
  ledger = new ProcessLedger(file);
});

afterEach(() => rmSync(directory, { recursive: true }));

const sleeper = () => spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });

test('ends the recorded processes, including a stopped one', async () => {
  const [first, second] = [sleeper(), sleeper()];
  for (const { pid } of [first, second]) ledger.record(pid ?? 0, 'sleep');
  second.kill('SIGSTOP');
  const exits = [once(first, 'exit'), once(second, 'exit')];
  expect(await new ProcessLedger(file).endLeftovers()).toEqual(['sleep', 'sleep']);
  await Promise.all(exits);
  expect(ledger.running()).toEqual([]);
});

test('ends only the processes of the given stack and keeps the records of others', async () => {
  const child = sleeper();
  ledger.record(child.pid ?? 0, 'ours');
  const before = readFileSync(file, 'utf8');
  expect(await ledger.endLeftovers('4711/a stack that died')).toEqual([]);
  expect(readFileSync(file, 'utf8')).toBe(before);
  const exited = once(child, 'exit');
  expect(await ledger.endLeftovers(ownerOf(process.pid))).toEqual(['ours']);
  await exited;
});

test('does not end another process that has the pid of a recorded one', async () => {
  const child = sleeper();
  const { pid = 0 } = child;
  appendFileSync(
    file,
    `${JSON.stringify({ pid, identity: 'another time', name: 'x', stopSignal: 'SIGTERM', owner: 'x' })}\n{"pid":`,
  );
  expect(await ledger.endLeftovers()).toEqual([]);
  expect(processIdentity(pid)).toBeDefined();
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(processIdentity(pid)).toBeUndefined();
});

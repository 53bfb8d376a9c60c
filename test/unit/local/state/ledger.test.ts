import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { processIdentity } from '../../../../local/processes/identity.ts';
import { ProcessLedger } from '../../../../local/processes/ledger.ts';

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

test('ends what it recorded, one that is stopped too, and forgets it', async () => {
  const [first, second] = [sleeper(), sleeper()];
  for (const { pid } of [first, second]) ledger.record(pid ?? 0, 'sleep');
  second.kill('SIGSTOP');
  const exits = [once(first, 'exit'), once(second, 'exit')];
  expect(await new ProcessLedger(file).endLeftovers()).toEqual(['sleep', 'sleep']);
  await Promise.all(exits);
  expect(readFileSync(file, 'utf8')).toBe('');
});

test('leaves a process alone that only has the pid of one it recorded', async () => {
  const child = sleeper();
  const { pid = 0 } = child;
  appendFileSync(
    file,
    `${JSON.stringify({ pid, identity: 'another time', name: 'x', stopSignal: 'SIGTERM' })}\n{"pid":`,
  );
  expect(await ledger.endLeftovers()).toEqual([]);
  expect(processIdentity(pid)).toBeDefined();
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(processIdentity(pid)).toBeUndefined();
});

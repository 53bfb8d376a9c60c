import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeLock } from '../../../../local/state/lock.ts';

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'frame-flow-lock-'));
  file = join(directory, 'stack.lock');
});

afterEach(() => rmSync(directory, { recursive: true }));

test('a second attempt to take the lock fails with the holder’s pid and URL', () => {
  const lock = takeLock(file, 'http://localhost:0');
  lock.announce('http://localhost:3000');
  expect(() => takeLock(file, 'http://localhost:4000')).toThrow(
    `Frame Flow already runs here (pid ${process.pid}, http://localhost:3000)`,
  );
});

test('a released lock can be taken again', () => {
  takeLock(file, 'a').release();
  takeLock(file, 'b').release();
  expect(readdirSync(directory)).toEqual([]);
});

test.each([
  ['of a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, identity: 'x', url: 'u' })],
  [
    'of an earlier process with a pid that runs again',
    JSON.stringify({ pid: process.pid, identity: 'earlier', url: 'u' }),
  ],
  ['half written', '{"pid": 1'],
])('a lock %s is taken over', (_, content) => {
  writeFileSync(file, content);
  const lock = takeLock(file, 'http://localhost:3000');
  expect(readdirSync(directory)).toEqual(['stack.lock']);
  lock.release();
});

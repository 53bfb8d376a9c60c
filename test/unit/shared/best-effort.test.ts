import { expect, test } from 'vitest';
import { bestEffort } from '../../../functions/shared/redis/best-effort.ts';

test('a reply is returned', async () => {
  expect(await bestEffort(Promise.resolve('PONG'))).toBe('PONG');
});

test('a failure gives undefined', async () => {
  expect(await bestEffort(Promise.reject(new Error('connection lost')))).toBeUndefined();
});

test('a missing reply gives undefined after a while', async () => {
  expect(await bestEffort(new Promise<string>(() => undefined))).toBeUndefined();
});
